"""What a page holds beside its posts and belongs to them: what they refer to."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Pointer: TypeAlias = tuple[str, str]
"""The type and id of an object, as JSON:API points to it."""


def related_objects(page: Mapping[str, Any]) -> Mapping[Pointer, Mapping[str, Any]]:
    """The objects in a JSON:API page's `included`."""
    included = page.get("included")
    objects = [one for one in included if isinstance(one, dict)] if isinstance(included, list) else []
    return {pointer: one for one in objects if (pointer := _pointer(one))}


def with_related(post: dict[str, Any], related: Mapping[Pointer, Mapping[str, Any]]) -> dict[str, Any]:
    """The post with the objects that its relationships point to, under their names: App Store Connect's `response`."""
    relationships = post.get("relationships")
    if not related or not isinstance(relationships, dict):
        return post
    found = {
        name: related[pointer]
        for name, relation in relationships.items()
        if name not in post and isinstance(relation, dict)
        if (pointer := _pointer(relation.get("data"))) and pointer in related
    }
    return {**post, **found}


def _pointer(value: Any) -> Pointer | None:
    if not isinstance(value, dict) or not {"type", "id"} <= value.keys():
        return None
    return str(value["type"]), str(value["id"])


def by_reference(post: dict[str, Any]) -> dict[str, Any]:
    """`[{"type": "replied_to", "id": 1}]` as `{"replied_to": {"id": 1}}`, which columns can name."""
    references = post.get("referenced_tweets")
    if not isinstance(references, list):
        return post
    named = {str(one.get("type")): {"id": one.get("id")} for one in references if isinstance(one, dict)}
    return {**post, "referenced_tweets": named}

"""The record that a customer may keep of a case, on the case's page."""

"""The names under which exports in Spanish and English hold what; the earlier of two names wins.

Written without accents, case and signs: `user.screen_name` is userscreenname.
"""

NAMES = {
    "id": (
        "idstr id tweetid postid statusid reviewid idresena tweetidstr idtweet messageid mentionid "
        "commentid guid identificador idpost idpublicacion idmensaje idcomentario idtuit"
    ),
    "text": (
        "fulltext textocompleto text texto textoriginal textdisplay tweettext content contenido body "
        "message mensaje comentario comment tweet tuit post publicacion mentioncontent hitsentence "
        "selftext resena review opinion caption snippet descripcion"
    ),
    "posted_at": (
        "postedat createdat tweetcreated createdutc created creationdate publishedat published date "
        "datetime timestamp fecha fechahora fechayhora fechacreacion fechadecreacion fechapublicacion "
        "fechadepublicacion createdtime at publicadoel creadoel tweetdate posttime posteddate postdate "
        "time"
    ),
    "time_of_day": "hora time horapublicacion horadepublicacion timeofday posttime",
    "author": (
        "userscreenname screenname author username handle userhandle authorusername authorhandle usuario "
        "autor nombredeusuario nombreusuario cuenta account perfil user fromuser authordisplayname "
        "fromname name nombre"
    ),
    "author_id": "authorid userid useridstr idusuario iduser idautor fromuserid",
    "author_name": (
        "authorname authordisplayname fromname displayname fullname userfullname userdisplayname "
        "nombrecompleto nombreautor nombredelautor name nombre username user usuario author autor"
    ),
    "permalink": (
        "permalink url link enlace posturl tweeturl statusurl postlink tweetlink permalinkurl urltweet urlpost vinculo"
    ),
    "thread": (
        "threadid conversationid conversationidstr thread conversation hilo idhilo conversacion idconversacion linkid"
    ),
    "in_reply_to": (
        "inreplyto inreplytostatusid inreplytostatusidstr inreplytotweetid inreplytoid inreplytopostid "
        "replyto replytoid replytostatusid parentid enrespuestaa respuestaa respondea idrespuesta"
    ),
    "language": "language lang idioma lengua tweetlang detectedlanguage",
    "is_repost": "isrepost isretweet retweetedstatusid esretweet esrt isrt esrepost essharing",
    "likes": (
        "likes likecount likescount favoritecount favouritecount favoritescount favorites favourites "
        "megusta nlikes thumbsupcount favoritos nummegusta"
    ),
    "replies": (
        "replies replycount repliescount respuestas numrespuestas comments commentcount commentscount "
        "numcomments comentarios"
    ),
    "reposts": (
        "reposts repostcount retweetcount retweets retweetscount nretweets shares sharecount sharescount "
        "compartidos vecescompartido"
    ),
}

EITHER = frozenset(
    {"name", "nombre", "username", "user", "usuario", "author", "autor", "authordisplayname", "fromname"}
)
"""Names under which files hold sometimes the handle and sometimes the person's name."""

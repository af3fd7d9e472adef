"""The names under which exports in Spanish, English and Portuguese hold what; the earlier of two names wins.

Written without accents, case and signs: `user.screen_name` is userscreenname.
"""

_HANDLES = (
    "userscreenname screenname useruniqueid authoruniqueid userlogin authorlogin login useracct authoracct "
    "senderscreenname"
)
_MORE_HANDLES = (
    "authorusername userusername handle userhandle authorhandle fromusername ownerusername accountacct acct "
    "accountusername"
)
_NUMBERED_HANDLES = "userdid authordid did usersteamid authorsteamid steamid"
"""Names of nothing but handles; behind all others those that are but ids."""

NAMES = {
    "id": (
        "idstr id commentid idcomentario tweetid statusid reviewid idresena postid tweetidstr "
        "idtweet messageid msgid idmsg mentionid guid identificador idpost idpublicacion idmensaje idtuit "
        "complaintid ticketid idcaso idqueja idreclamo idpostagem idavaliacao comentarioid tuitid resenaid avaliacaoid "
        "publicacionid postagemid mensajeid mensagemid casoid quejaid reclamoid"
    ),
    "text": (
        "fulltext textocompleto rawcontent text texto textoriginal textooriginal textdisplay tweettext "
        "content contenido conteudo body message mensaje mensagem comentario comment tweet tuit review resena "
        "opinion avaliacao critica selftext mentioncontent hitsentence narrative queja reclamo reclamacion "
        "reclamacao complaint feedback comments comentarios observaciones observacoes post publicacion "
        "postagem caption snippet descripcion description descricao pregunta question pergunta"
        " quedijo loquedijo quedice loquedice quecuenta loquecuenta quepone loquepone quedisse oquedisse oquediz"
        " whattheysaid whattheysay whattheywrote bodytext plainbody textbody descriptiontext commentary"
    ),
    "posted_at": (
        "postedat createdat tweetcreated createdutc created creationdate publishedat published date datetime "
        "timestamp fecha fechahora fechayhora fechacreacion fechadecreacion fechapublicacion "
        "fechadepublicacion createdtime at publicadoel creadoel tweetdate posttime posteddate postdate data "
        "datahora datacriacao datadecriacao datapublicacao datadepublicacao criadoem publicadoem "
        "marcatemporal carimbodedatahora publishdate publicationdate submittedat submissiondate reviewdate "
        "commentdate createdate createtime reviewedat writtenat sentat publicado publicada creado criado enviado "
        "escrito time"
        " cuando when quando dia ts timestampms"
    ),
    "am_pm": "ampm meridiem meridiano",
    "time_of_day": "hora time horapublicacion horadepublicacion timeofday posttime horario",
    "author": (
        f"{_HANDLES} username {_MORE_HANDLES} "
        "author usuario nombredeusuario nombreusuario nomedeusuario user fromuser authordisplayname "
        "autor reviewer reviewername commenter fromname from sender sendername remitente remetente nickname "
        "cliente customer cuenta account conta perfil name nombre nome"
        " quien who quem persona person pessoa pasajero pasajera passenger passageiro passageira"
        " nombreyapellidos nombresyapellidos nombreapellidos nomeesobrenome"
        f" {_NUMBERED_HANDLES}"
    ),
    "author_id": (
        "authorid userid useridstr idusuario iduser idautor fromuserid fromid ownerid accountid profileid senderid "
        "authorfullname"
    ),
    "author_name": (
        "authorname authordisplayname fromname displayname fullname userfullname userdisplayname username "
        "nombrecompleto nombreautor nombredelautor nomecompleto nomedoautor name nombre nome reviewername customername "
        "nombrecliente nombredelcliente nomedocliente profilename requester solicitante "
        "reporter sendername user usuario author autor reviewer commenter cliente customer "
        "from remitente remetente nickname"
        " nombreyapellidos nombresyapellidos nombreapellidos nomeesobrenome"
        " quien who quem persona person pessoa pasajero pasajera passenger passageiro passageira"
    ),
    "permalink": (
        "permalink url link enlace posturl tweeturl statusurl postlink tweetlink permalinkurl urltweet urlpost vinculo"
    ),
    "thread": (
        "threadid conversationid conversationidstr thread conversation hilo idhilo conversacion idconversacion linkid"
        " threadts threadpath rootpostid rootpost rootid rootcommentid rootmessageid rooturi replyrooturi"
    ),
    "in_reply_to": (
        "inreplyto inreplytostatusid inreplytostatusidstr inreplytotweetid inreplytoid inreplytopostid "
        "replyto replytoid replytostatusid parentid enrespuestaa respuestaa respondea idrespuesta emrespostaa"
        " replytomessageid inreplytomessageid inresponseto inresponsetoid inresponsetotweetid inresponsetostatusid"
        " inresponsetomessageid parent repliedtoid repliedto replytomsgid replytopostid replytocommentid replytocid"
        " replytouri replyparenturi parenturi parentcommentid parentpostid parentmessageid parenttweetid parentstatusid"
        " parentreviewid repliestoid replyid idresposta"
    ),
    "language": "language lang idioma lengua lingua tweetlang detectedlanguage langs",
    "is_repost": "isrepost isretweet retweetedstatusid esretweet esrt isrt esrepost essharing",
    "likes": (
        "likes likecount likescount favoritecount favouritecount favoritescount favorites favourites "
        "megusta nlikes upvotes upvotecount upvotescount thumbsupcount favoritos nummegusta curtidas"
    ),
    "replies": (
        "replies replycount repliescount respuestas numrespuestas comments commentcount commentscount "
        "numcomments comentarios respostas"
    ),
    "reposts": (
        "reposts repostcount retweetcount retweets retweetscount nretweets shares sharecount sharescount "
        "compartidos vecescompartido compartilhamentos"
    ),
}


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


NOBODY = word_set(
    "0 -1 - none nil anonymous anonimo anónimo anônimo anon guest invitado convidado unknown desconocido desconhecido "
    "root"
)
"""What stands where ids do, for no post and no person."""

EITHER = word_set(
    "name nombre nome username user usuario author autor authordisplayname fromname from remitente "
    "remetente reviewer reviewername commenter nickname cliente customer quien who quem persona person pessoa pasajero "
    "pasajera passenger passageiro passageira nombreyapellidos nombresyapellidos nombreapellidos nomeesobrenome"
)
"""Names under which files hold sometimes the handle and sometimes the person's name."""

HANDLES = word_set(f"{_HANDLES} {_MORE_HANDLES} {_NUMBERED_HANDLES}")
"""Names of nothing but handles: where one is there, names of people are no rivals of it."""

WEAK = word_set(
    "comments comentarios observaciones observacoes post publicacion postagem caption snippet descripcion description "
    "descricao pregunta question pergunta cuenta account conta perfil name nombre nome fromname cliente customer"
)
"""Names that say less than the others: where one of the others is there too, these are no rivals of it."""

HEADS = {
    "text": word_set(
        "text texto content contenido conteudo body cuerpo corpo message mensaje mensagem comment comentario "
        "review resena opinion opiniao avaliacao narrative feedback queja reclamo reclamacion reclamacao "
        "complaint fulltext verbatim opina comenta manifiesta dijo dice disse diz said"
    ),
    "posted_at": word_set(
        "date fecha data datetime timestamp time created posted published createdat fechahora publicado publicada "
        "creado criado enviado"
    ),
    "author": word_set("author autor username usuario handle screenname reviewer commenter nickname"),
}
"""Words of which one makes a longer name mean a role ("Texto de la reseña"), when all others are among ABOUT."""
ABOUT = word_set(
    "unixtime unix epoch ms millis milliseconds "
    "a al an by da das de del do dos el em en la las lo los na no o of on os por the um una tweet tuit "
    "status post publicacion publicacao postagem review resena avaliacao comment comentario message "
    "mensaje mensagem mention mencion mencao complaint queja reclamo reclamacion reclamacao consumer "
    "consumidor customer cliente user usuario author autor reviewer opinion full completo completa "
    "complete raw original plain clean body text texto content contenido conteudo created creacion "
    "creation criacao creado criado posted published publication publish submission submitted submit time hora at "
    "on local utc gmt iso date fecha data name nombre nome received recibido recibida recebido recebida "
    "escrito written que what they question pregunta pergunta es pt ca gl eu fr it"
)
"""Words that say whose or which text, time or author it is: that of the post, in a language."""

window.YTD.tweets.part0 = [
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1900000000000000500"
     ],
     "editableUntil": "2026-02-03T09:15:00.000Z"
    }
   },
   "retweeted": false,
   "source": "<a href=\"x\">X</a>",
   "favorite_count": "3",
   "retweet_count": "0",
   "id_str": "1900000000000000500",
   "id": "1900000000000000500",
   "full_text": "@cliente0 Hola, Rosa: escríbenos y lo miramos",
   "created_at": "Tue Feb 03 08:15:00 +0000 2026",
   "in_reply_to_status_id_str": "1899999999999999500",
   "in_reply_to_screen_name": "cliente0",
   "lang": "es"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1900000000000000501"
     ],
     "editableUntil": "2026-02-03T09:15:00.000Z"
    }
   },
   "retweeted": false,
   "source": "<a href=\"x\">X</a>",
   "favorite_count": "3",
   "retweet_count": "0",
   "id_str": "1900000000000000501",
   "id": "1900000000000000501",
   "full_text": "@cliente1 Hola, Rosa: escríbenos y lo miramos",
   "created_at": "Tue Feb 03 08:15:00 +0000 2026",
   "in_reply_to_status_id_str": "1899999999999999501",
   "in_reply_to_screen_name": "cliente1",
   "lang": "es"
  }
 }
]

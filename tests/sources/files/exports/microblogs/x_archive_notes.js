window.YTD.note_tweet.part0 = [
 {
  "noteTweet": {
   "noteTweetId": "1900000000000000900",
   "updatedAt": "2026-02-03T08:15:00.000Z",
   "lifecycle": {
    "value": "Published"
   },
   "createdAt": "2026-02-03T08:15:00.000Z",
   "core": {
    "styletags": [],
    "urls": [],
    "text": "Abrimos una tienda nueva y contamos aquí todo lo que cambia",
    "mentions": [],
    "cashtags": [],
    "hashtags": []
   }
  }
 }
]

window.YTD.like.part0 = [
 {
  "like": {
   "tweetId": "1899999999999999500",
   "fullText": "Norvia no contesta",
   "expandedUrl": "https://twitter.com/i/web/status/1899999999999999500"
  }
 }
]

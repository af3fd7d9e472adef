-- What replies have in common is told otherwise: names in small letters, days, references and quotes make no difference.
-- Those of the last weeks get their series anew when it is asked for.
DELETE FROM reply_series;

-- What a post is likeliest about, by the classifier, if it is a complaint; '' where none is likely or it does not say.
ALTER TABLE classifications ADD COLUMN category VARCHAR;

CREATE OR REPLACE VIEW labels AS
SELECT
    c.mention_id, c.posted_at, c.model, c.language, c.p_negative, c.p_neutral, c.p_positive, c.p_complaint,
    c.classified_at, c.sentiment AS model_sentiment, c.decision AS model_decision,
    coalesce(k.sentiment, c.sentiment) AS sentiment,
    CASE WHEN k.complaint IS NULL THEN c.decision WHEN k.complaint THEN 'complaint' ELSE 'other' END AS decision,
    k.mention_id IS NOT NULL AS corrected,
    c.p_about,
    CASE WHEN k.complaint IS NULL THEN c.reason END AS reason,
    coalesce(c.category, '') AS category
FROM classifications c
LEFT JOIN (
    SELECT
        mention_id,
        arg_max(sentiment, corrected_at) FILTER (sentiment IS NOT NULL) AS sentiment,
        arg_max(complaint, corrected_at) FILTER (complaint IS NOT NULL) AS complaint
    FROM corrections GROUP BY mention_id
) k ON k.mention_id = c.mention_id
WHERE c.current;

-- The bodies of the links of alerts that were recorded before.
-- ids: uuid[], of alerts.
SELECT body
FROM alerts
JOIN audit USING (seq)
WHERE alert_id = ANY (%(ids)s::uuid[])

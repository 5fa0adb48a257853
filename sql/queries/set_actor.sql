-- Say who acts until the transaction ends, for what cannot say it by itself: a row that is deleted.
-- actor.
SELECT set_config('welltegra.actor', %(actor)s, true)

-- The activity in which somebody was seen last: it tells people of one name apart.
ALTER TABLE names ADD COLUMN seen_title TEXT;
ALTER TABLE names ADD COLUMN seen_date TEXT;    -- YYYY-MM-DD, as ATZ gave it

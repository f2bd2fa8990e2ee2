-- Which reading of the record a save was made from: the draft that stands on the same reading has
-- the same key. NULL in what earlier versions wrote.
ALTER TABLE journal ADD COLUMN base_key TEXT;
CREATE INDEX journal_by_base ON journal (base_key) WHERE base_key IS NOT NULL;

-- Streams are asked for by their UUID too, by callers that know nothing of our numbers.
CREATE INDEX streams_uuid ON streams (uuid);

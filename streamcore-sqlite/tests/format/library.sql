INSERT INTO library_tracks
    (n, id, title_key, search_key, title, artist, url, source, duration_secs, duration_nanos, added_by, added_at, metadata)
VALUES
    (1, '00000000-0000-0000-0000-000000000001', 'first song', 'first  song' || char(10) || 'ансамбль' || char(10) || 'елка' || char(10) || 'a b.mp3',
     'First  Song', 'Ансамбль', 'http://example.com/a%20b.mp3', 'stream', 183, 500000001, 'anna', 1795355340123, '{"album":"Ёлка","a":[1.5,null]}'),
    (7, '00000000-0000-0000-0000-000000000002', 'second', 'second' || char(10) || char(10) || char(10) || '2.mp3',
     'Second', NULL, '2.mp3', 'file', NULL, NULL, NULL, -1, '{}');

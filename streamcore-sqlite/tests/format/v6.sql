PRAGMA application_id = 0x53747243;
PRAGMA user_version = 6;

INSERT INTO streams (stream, uuid, name, created_at, snapshot, running, auto_end, session) VALUES
    (-1001234567890, '00000000-0000-0000-0000-000000000009', 'Radio', 1795355340123,
     '{"session":3,"started_at":1795355340124,"paused":true,"playing":{"item":"00000000-0000-0000-0000-000000000002","position":{"secs":61,"nanos":500000000},"started":true},"tracks_played":2,"errors":1,"peak_listeners":5,"total_listeners":9,"empty_since":1795355340125,"timer":{"session":3,"deadline":1795355640125},"sources":["agent:1","telegram"],"ended":null}', 1,
     '{"enabled":true,"timeout":{"secs":600,"nanos":0},"warnings":[{"secs":60,"nanos":0},{"secs":10,"nanos":0}],"only_when_queue_empty":true,"schedule":{"time_zone":"Europe/Berlin","windows":[{"days":["fri","sat"],"from":"22:00","to":"02:00"}]}}', 3),
    (8, '00000000-0000-0000-0000-000000000008', 'Quiet', 5,
     '{"session":1,"started_at":null,"paused":false,"playing":null,"tracks_played":0,"errors":0,"peak_listeners":0,"total_listeners":0,"empty_since":null,"timer":null,"sources":[],"ended":{"at":7,"cause":{"cause":"error","detail":"no space"}}}', 0,
     '{}', 1);
INSERT INTO stream_sessions (stream, number, started_at, ended_at, cause, peak_listeners, total_listeners, tracks_played, errors) VALUES
    (-1001234567890, 1, 10, 20, '{"cause":"manual","by":"anna"}', 3, 4, 5, 6),
    (-1001234567890, 2, 30, -1, '{"cause":"auto_end","empty_since":31,"deadline":32}', -1, 0, 0, 0),
    (8, 1, 6, 7, '{"cause":"error","detail":"no space"}', 0, 0, 0, 0);

INSERT INTO idempotency_keys (ticket, caller, route, key, request, since, status, content_type, body) VALUES
    (4, 'anna', 'POST /items', '1', x'0101010101010101010101010101010101010101010101010101010101010101', 1795355340123, 201, 'application/json', x'7bff'),
    (9, 'anna', 'POST /items', '2', x'0101010101010101010101010101010101010101010101010101010101010101', 1795355399999, NULL, NULL, NULL);

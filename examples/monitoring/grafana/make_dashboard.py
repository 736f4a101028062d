#!/usr/bin/env python3
"""Makes the Grafana dashboard: python3 make_dashboard.py > dashboard.json

The dashboard is code: change it here, never in the JSON file; a test compares the two. Nothing but the standard library is needed. Made for Grafana 10
and 11. Names of metrics are those of docs/metrics.md and of ../rules/recording.yml; the tests fail on any other.
"""

import json

# What every query is about. Names that other programs export, too (`http_requests_total`, `process_open_fds`), are ours by their job.
OURS = 'job="streamcore", instance=~"$instance"'
ONE = OURS + ', stream=~"$stream"'

WIDTH = 24


class Layout:
    """Puts panels from left to right and from top to bottom, row by row."""

    def __init__(self):
        self.panels = []
        self.x = self.y = self.height = 0

    def row(self, title):
        self._break()
        self._put({"type": "row", "title": title, "collapsed": False, "panels": []}, WIDTH, 1)

    def add(self, panel, width, height):
        if self.x + width > WIDTH:
            self._break()
        self._put(panel, width, height)

    def _put(self, panel, width, height):
        position = {"h": height, "w": width, "x": self.x, "y": self.y}
        self.panels.append({"id": len(self.panels) + 1, "gridPos": position, **panel})
        self.x += width
        self.height = max(self.height, height)

    def _break(self):
        self.y += self.height
        self.x = self.height = 0


SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def targets(queries, instant=False, table=False):
    """Queries as (expression, legend)."""
    made = []
    for number, (expr, legend) in enumerate(queries):
        target = {"datasource": SOURCE, "editorMode": "code", "expr": expr, "refId": chr(ord("A") + number)}
        target.update({"instant": True, "range": False} if instant else {"range": True})
        if table:
            target["format"] = "table"
        else:
            target["legendFormat"] = legend
        made.append(target)
    return made


def steps(*bounds):
    """Colours from a value on: steps("green", (0.9, "orange"))."""
    return {"mode": "absolute", "steps": [{"color": bounds[0], "value": None}] + [{"color": c, "value": v} for v, c in bounds[1:]]}


def graph(title, what, unit, *queries, stack=False, low=0):
    """Values over time."""
    custom = {"drawStyle": "line", "fillOpacity": 25 if stack else 8, "lineWidth": 1, "showPoints": "never", "spanNulls": False}
    if stack:
        custom["stacking"] = {"group": "A", "mode": "normal"}
    defaults = {"color": {"mode": "palette-classic"}, "custom": custom, "unit": unit}
    if low is not None:
        defaults["min"] = low
    return {
        "type": "timeseries",
        "title": title,
        "description": what,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {
            "legend": {"calcs": ["lastNotNull", "max"], "displayMode": "table", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": targets(queries),
    }


def number(title, what, unit, expr, thresholds, legend="", mappings=(), decimals=None, sparkline=False):
    """One value, or one for each label, coloured by what it means."""
    defaults = {"color": {"mode": "thresholds"}, "mappings": list(mappings), "thresholds": thresholds, "unit": unit}
    if decimals is not None:
        defaults["decimals"] = decimals
    return {
        "type": "stat",
        "title": title,
        "description": what,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {
            "colorMode": "value",
            "graphMode": "area" if sparkline else "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "auto",
        },
        "targets": targets([(expr, legend)], instant=not sparkline),
    }


def table(title, what, columns, hidden=()):
    """One line for each stream. Columns as (title, unit, expression); a label that is a column has no expression."""
    asked = [(name, unit, expr) for name, unit, expr in columns if expr]
    names = {f"Value #{chr(ord('A') + i)}": name for i, (name, _, _) in enumerate(asked)}
    names.update({label: title for title, _, expr in columns if not expr for label in [title.lower()]})
    overrides = [
        {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]} for name, unit, _ in asked if unit
    ]
    excluded = {name: True for name in ("Time", *hidden)}
    return {
        "type": "table",
        "title": title,
        "description": what,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"custom": {"align": "auto", "filterable": True}, "unit": "short"}, "overrides": overrides},
        "options": {"cellHeight": "sm", "footer": {"show": False}, "showHeader": True},
        "targets": targets([(expr, "") for _, _, expr in asked], instant=True, table=True),
        "transformations": [
            {"id": "merge", "options": {}},
            {"id": "organize", "options": {"excludeByName": excluded, "indexByName": {}, "renameByName": names}},
        ],
    }


def quantile(q, metric, by="", selector=OURS, window="$__rate_interval"):
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket{{{selector}}}[{window}])))"


def rate(metric, by, selector=OURS):
    return f"sum by ({by}) (rate({metric}{{{selector}}}[$__rate_interval]))"


def increase(metric, by, selector=OURS):
    return f"sum by ({by}) (increase({metric}{{{selector}}}[$__rate_interval]))"


ALWAYS = steps("blue")
NONE_IS_GOOD = steps("green", (1, "red"))
STORE = [{"type": "value", "options": {"0": {"text": "away", "color": "red", "index": 0}, "1": {"text": "up", "color": "green", "index": 1}}}]


def overview(page):
    page.row("Overview")
    page.add(number("Servers up", "Servers that answered the last scrape. Red: one does not, see StreamcoreDown.", "short",
                    f"sum(up{{{OURS}}})", steps("red", (1, "green"))), 3, 4)
    page.add(number("Active streams", "Streams that run, on all chosen servers.", "short", f"sum(streamcore_active_streams{{{OURS}}})", ALWAYS, sparkline=True), 3, 4)
    page.add(number("Listeners", "Listeners of all streams, as far as they are known.", "short", f"sum(streamcore_listeners{{{OURS}}})", ALWAYS, sparkline=True), 3, 4)
    page.add(number("Dead air", "Silence in the chosen time where something should have been heard, all streams together.", "s",
                    f"sum(increase(streamcore_dead_air_seconds_total{{{OURS}}}[$__range]))", steps("green", (1, "orange"), (30, "red")), decimals=1), 3, 4)
    page.add(number("Request errors", "The highest share of requests that a server answered with a 5xx status, over five minutes. Empty if nobody asks.", "percentunit",
                    f"max(instance:http_requests:error_ratio5m{{{OURS}}})", steps("green", (0.01, "orange"), (0.05, "red")), decimals=2), 3, 4)
    page.add(number("Store", "Whether the stores can be read and written. While one is away what plays goes on, and changes are refused.", "short",
                    f"min by (capability) (streamcore_store_up{{{OURS}}})", steps("red", (1, "green")), "{{capability}}", STORE), 4, 4)
    page.add(number("Alerts", "Alerts of the rules beside this dashboard that fire now, on all servers.", "short",
                    'count(ALERTS{alertname=~"Streamcore.*", alertstate="firing"}) or vector(0)', NONE_IS_GOOD), 2, 4)
    page.add(number("Tracks failed", "Tracks in the chosen time that could not be played.", "short",
                    f"sum(increase(streamcore_tracks_failed_total{{{OURS}}}[$__range]))", steps("green", (1, "orange")), decimals=0), 3, 4)
    page.add(graph("Streams by status", "What running streams do: play an item, hold it, or play the placeholder because their queue is dry.", "short",
                   (f"sum by (status) (streamcore_streams{{{OURS}}})", "{{status}}"), stack=True), 8, 7)
    page.add(graph("Listeners by server", "Listeners that each server knows of. A line that falls alone: look at that server's network.", "short",
                   (f"sum by (instance) (streamcore_listeners{{{OURS}}})", "{{instance}}"), stack=True), 8, 7)
    page.add(graph("All servers", "Streams and listeners of all servers, whichever are chosen above.", "short",
                   ('job:streamcore_listeners:sum{job="streamcore"}', "listeners"), ('job:streamcore_active_streams:sum{job="streamcore"}', "streams")), 8, 7)


def indicators(page):
    page.row("Service level indicators, over the chosen time")
    page.add(number("Availability", "Share of scrapes that were answered.", "percentunit",
                    f"avg(avg_over_time(up{{{OURS}}}[$__range]))", steps("red", (0.99, "orange"), (0.999, "green")), decimals=3), 4, 4)
    page.add(number("Time without dead air", "Share of the streams' time in which they were heard, the mean of all servers.", "percentunit",
                    f"1 - avg(avg_over_time(instance:streamcore_dead_air:ratio5m{{{OURS}}}[$__range]))", steps("red", (0.999, "orange"), (0.9999, "green")), decimals=3), 4, 4)
    page.add(number("Gap between tracks, p95", "95 of 100 changes of tracks have no more silence than this.", "s",
                    quantile(0.95, "streamcore_switch_gap_seconds", window="$__range"), steps("green", (0.05, "orange"), (0.1, "red"))), 4, 4)
    page.add(number("Requests without failure", "Share of the requests that were not answered with a 5xx status.", "percentunit",
                    f'sum(increase(http_requests_total{{{OURS}, status!~"5.."}}[$__range])) / sum(increase(http_requests_total{{{OURS}}}[$__range]))',
                    steps("red", (0.99, "orange"), (0.999, "green")), decimals=3), 4, 4)
    page.add(number("Latency of reads, p99", "99 of 100 requests by GET were answered within this time.", "s",
                    quantile(0.99, "http_request_duration_seconds", selector=OURS + ', method="GET"', window="$__range"), steps("green", (0.1, "orange"), (0.5, "red"))), 4, 4)
    page.add(number("Ends by themselves, p99", "99 of 100 streams that nobody listened to ended no later than this after their time.", "s",
                    quantile(0.99, "streamcore_auto_end_error_seconds", window="$__range"), steps("green", (0.1, "orange"), (1, "red"))), 4, 4)


def streams(page):
    page.row("Streams")
    def per(metric):
        return f"sum by (instance, stream) ({metric}{{{ONE}}})"
    page.add(table("Running streams", "One line for each running stream that has series of its own. A stream that ended is gone at the next scrape.", [
        ("Stream", "", ""), ("Instance", "", ""), ("Status", "", ""),
        ("1 for its status", "", f"sum by (instance, stream, status) (streamcore_stream_status{{{ONE}}})"),
        ("Listeners", "short", per("streamcore_stream_listeners")),
        ("All known", "bool_yes_no", per("streamcore_stream_audience_known")),
        ("Queue", "short", per("streamcore_stream_queue_items")),
        ("Position", "s", per("streamcore_stream_track_position_seconds")),
        ("Duration", "s", per("streamcore_stream_track_duration_seconds")),
        ("Ends in", "s", per("streamcore_stream_auto_end_remaining_seconds")),
        ("Uptime", "s", per("streamcore_stream_uptime_seconds")),
        ("Played", "short", per("streamcore_stream_tracks_played_total")),
        ("Failed", "short", per("streamcore_stream_errors_total")),
    ], hidden=("Value #A",)), 24, 9)
    page.add(graph("Listeners", "The twenty streams with most listeners.", "short", (f"topk(20, streamcore_stream_listeners{{{ONE}}})", "{{stream}}"), stack=True), 8, 7)
    page.add(graph("Items in queues", "The twenty longest queues, current items included. One that falls to nothing will play the placeholder.", "short",
                   (f"topk(20, streamcore_stream_queue_items{{{ONE}}})", "{{stream}}")), 8, 7)
    page.add(graph("Share of the current track", "How far listeners are into it. Without a line: nothing of known duration plays.", "percentunit",
                   (f"streamcore_stream_track_position_seconds{{{ONE}}} / (streamcore_stream_track_duration_seconds{{{ONE}}} > 0)", "{{stream}}")), 8, 7)
    page.add(graph("Failed tracks by stream", "Tracks that could not be played. Many of one stream: its media is away.", "short",
                   (f"topk(20, increase(streamcore_stream_errors_total{{{ONE}}}[$__rate_interval]))", "{{stream}}")), 12, 7)
    page.add(graph("Streams without series of their own", "Running streams beyond metrics.max_streams: they are in the totals only.", "short",
                   (f"sum by (instance) (streamcore_streams_folded{{{OURS}}})", "{{instance}}")), 12, 7)


def listening(page):
    page.row("Listening quality")
    page.add(graph("Gap between tracks", "Silence between a track and the next one, to the sample.", "s",
                   (quantile(0.5, "streamcore_switch_gap_seconds", window="1h"), "p50"), (quantile(0.95, "streamcore_switch_gap_seconds", window="1h"), "p95")), 8, 7)
    page.add(graph("Dead air", "Seconds of silence for each second of a stream, where something should have been heard.", "percentunit",
                   (f"instance:streamcore_dead_air:ratio5m{{{OURS}}}", "{{instance}}")), 8, 7)
    page.add(graph("Silences", "How often there was some.", "short", (increase("streamcore_dead_air_incidents_total", "instance"), "{{instance}}")), 8, 7)
    page.add(graph("Late audio", "How often audio was late by more than 0.2 s, told at most once a second for each stream: the machine is too busy. Much later, it is silence.", "short",
                   (increase("streamcore_encoder_lag_seconds_count", "instance"), "{{instance}}")), 8, 7)
    page.add(graph("How late they were", "By how much audio was late that was late by more than 0.2 s.", "s",
                   (quantile(0.5, "streamcore_encoder_lag_seconds"), "p50"), (quantile(0.95, "streamcore_encoder_lag_seconds"), "p95")), 8, 7)
    page.add(graph("Slowest listener", "How far the slowest listener of each stream is behind the newest audio. At 10 s it is disconnected.", "s",
                   (f"topk(20, streamcore_stream_ring_lag_seconds{{{ONE}}})", "{{stream}}")), 8, 7)
    page.add(graph("Connections that listen", "Connections to the built-in broadcast, and how many there may be.", "short",
                   (f"sum by (instance) (streamcore_broadcast_connections{{{OURS}}})", "{{instance}}"),
                   (f"sum by (instance) (streamcore_broadcast_connections_limit{{{OURS}}})", "{{instance}} at most")), 8, 7)
    page.add(graph("Audio sent", "What sockets of listeners took.", "Bps", (rate("streamcore_broadcast_sent_bytes_total", "instance"), "{{instance}}"), stack=True), 8, 7)
    page.add(graph("Dropped listeners", "Listeners that were disconnected because they fell too far behind.", "short",
                   (increase("streamcore_broadcast_dropped_total", "instance"), "{{instance}}")), 4, 7)
    page.add(graph("How far behind those were", "Half of them were behind by less than p50.", "s",
                   (quantile(0.5, "streamcore_broadcast_drop_lag_seconds"), "p50"), (quantile(0.95, "streamcore_broadcast_drop_lag_seconds"), "p95")), 4, 7)


def queues(page):
    page.row("Queues and tracks")
    page.add(graph("Edits of queues", "Edits that changed a queue, by operation; `advance` is the queue's own.", "short",
                   (increase("streamcore_queue_operations_total", "operation"), "{{operation}}"), stack=True), 8, 7)
    page.add(graph("Items added", "By where their media is.", "short", (increase("streamcore_queue_items_added_total", "source"), "{{source}}"), stack=True), 8, 7)
    page.add(graph("Items waiting", "Items in the queues of running streams, current ones included.", "short",
                   (f"sum by (instance) (streamcore_queue_items{{{OURS}}})", "{{instance}}"), stack=True), 8, 7)
    page.add(graph("Tracks done with", "By how they ended.", "short", (increase("streamcore_tracks_finished_total", "outcome"), "{{outcome}}"), stack=True), 8, 7)
    page.add(graph("Failed tracks", "By kind of failure. The history of each queue says which tracks.", "short",
                   (increase("streamcore_tracks_failed_total", "reason"), "{{reason}}"), stack=True), 8, 7)
    page.add(graph("Tracks heard, dry queues, failures of the player", "How many tracks began, how often the placeholder did, and orders that the player could not carry out.", "short",
                   (increase("streamcore_tracks_played_total", "job"), "tracks"), (increase("streamcore_placeholder_started_total", "job"), "placeholder"),
                   (increase("streamcore_player_failures_total", "reason"), "player: {{reason}}")), 8, 7)


def auto_end(page):
    page.row("Starts and ends")
    page.add(graph("Starts", "Starts of streams; resumed ones went on after a restart of the process.", "short",
                   (increase("streamcore_streams_started_total", "resumed"), "resumed: {{resumed}}")), 6, 7)
    page.add(graph("Ends", "By reason. `error` is never right: see StreamcoreStreamFailed.", "short", (increase("streamcore_streams_ended_total", "reason"), "{{reason}}")), 6, 7)
    page.add(graph("How long sessions lasted", "Of streams that ended.", "s",
                   (quantile(0.5, "streamcore_stream_duration_seconds"), "p50"), (quantile(0.95, "streamcore_stream_duration_seconds"), "p95")), 6, 7)
    page.add(graph("Audience not known", "Streams of which it is not known whether somebody else listens: they do not end by themselves.", "short",
                   (f"sum by (instance) (streamcore_streams_audience_unknown{{{OURS}}})", "{{instance}}")), 6, 7)
    page.add(graph("Timers", "Streams that are heading for an end by themselves.", "short", (f"sum by (instance) (streamcore_auto_end_timers{{{OURS}}})", "{{instance}}")), 6, 7)
    page.add(graph("What became of timers", "Armed because nobody listened, fired, or called off, by cause; and warnings given.", "short",
                   (increase("streamcore_auto_end_armed_total", "job"), "armed"), (increase("streamcore_auto_end_fired_total", "job"), "fired"),
                   (increase("streamcore_auto_end_cancelled_total", "cause"), "called off: {{cause}}"), (increase("streamcore_auto_end_warnings_total", "job"), "warnings")), 6, 7)
    page.add(graph("How late ends were", "How much later than its deadline a stream ended.", "s",
                   (quantile(0.5, "streamcore_auto_end_error_seconds", window="1h"), "p50"), (f"instance:streamcore_auto_end_error_seconds:p95_1h{{{OURS}}}", "p95 {{instance}}")), 6, 7)
    page.add(graph("Time that is left", "The twenty streams that end soonest.", "s", (f"bottomk(20, streamcore_stream_auto_end_remaining_seconds{{{ONE}}})", "{{stream}}")), 6, 7)


def http(page):
    page.row("HTTP")
    page.add(graph("Requests by route", "Requests a second.", "reqps", (f"sum by (path) (instance_path:http_requests:rate5m{{{OURS}}})", "{{path}}"), stack=True), 8, 8)
    page.add(graph("Answers by status", "Requests a second.", "reqps", (rate("http_requests_total", "status"), "{{status}}"), stack=True), 8, 8)
    page.add(graph("Errors by code", "Refusals and failures, by the `error` code of their body.", "reqps", (rate("streamcore_http_errors_total", "code"), "{{code}}"), stack=True), 8, 8)
    for title, q in (("p50", "p50_5m"), ("p95", "p95_5m"), ("p99", "p99_5m")):
        page.add(graph(f"Latency by path, {title}", "From a request's head to its answer; for /listen until the head of the answer. What adds media waits for that media.", "s",
                       (f"max by (path) (instance_path:http_request_duration_seconds:{q}{{{OURS}}})", "{{path}}")), 8, 8)
    page.add(graph("Latency by method, p99", "GET is what people wait for most.", "s",
                   (f"max by (method) (instance_method:http_request_duration_seconds:p99_5m{{{OURS}}})", "{{method}}")), 8, 7)
    page.add(graph("Share of failures", "Requests that were answered with a 5xx status.", "percentunit",
                   (f"instance:http_requests:error_ratio5m{{{OURS}}}", "{{instance}}")), 8, 7)
    page.add(graph("In flight", "Requests that are being answered.", "short", (f"sum by (path) (http_requests_in_flight{{{OURS}}})", "{{path}}"), stack=True), 8, 7)


def store(page):
    page.row("Store")
    page.add(graph("Up", "1 if it can be read and written, as far as the last calls showed.", "short",
                   (f"min by (instance, capability) (streamcore_store_up{{{OURS}}})", "{{instance}} {{capability}}")), 6, 7)
    page.add(graph("Calls", "Calls a second, by port.", "ops", (f"sum by (port) (instance_port:streamcore_store_operations:rate5m{{{OURS}}})", "{{port}}"), stack=True), 6, 7)
    page.add(graph("Duration of calls, p99", "By port, failed ones included.", "s",
                   (f"max by (port) (instance_port:streamcore_store_operation_duration_seconds:p99_5m{{{OURS}}})", "{{port}}")), 6, 7)
    page.add(graph("Duration of calls to the queue, p95", "By method of the port.", "s",
                   (quantile(0.95, "streamcore_store_operation_duration_seconds", "operation", OURS + ', port="queue"'), "{{operation}}")), 6, 7)
    page.add(graph("Share of failures", "Calls that failed, by port.", "percentunit",
                   (f"max by (port) (instance_port:streamcore_store_operations:error_ratio5m{{{OURS}}})", "{{port}}")), 6, 7)
    page.add(graph("Failures", "By kind: away, or what is stored means nothing.", "short", (increase("streamcore_store_errors_total", "port, kind"), "{{port}}: {{kind}}")), 6, 7)
    page.add(graph("Streams that met a failure", "How often a stream's store did not answer as it should.", "short",
                   (increase("streamcore_stream_store_failures_total", "port"), "{{port}}")), 6, 7)
    page.add(graph("Reconnects", "How often the connection to the store was back after it had been lost.", "short",
                   (increase("streamcore_store_reconnects_total", "instance"), "{{instance}}")), 6, 7)


def process(page):
    page.row("Process")
    page.add(graph("Processor", "Cores in use. A stream that plays needs about 0.65 % of one.", "short", (rate("process_cpu_seconds_total", "instance"), "{{instance}}")), 6, 7)
    page.add(graph("Memory", "In RAM, and address space.", "bytes",
                   (f"process_resident_memory_bytes{{{OURS}}}", "{{instance}}"), (f"process_virtual_memory_bytes{{{OURS}}}", "{{instance}} address space")), 6, 7)
    page.add(graph("Open files", "Open files and sockets, and how many there may be.", "short",
                   (f"process_open_fds{{{OURS}}}", "{{instance}}"), (f"process_max_fds{{{OURS}}}", "{{instance}} at most")), 6, 7)
    page.add(graph("Uptime", "Since it serves. A line that falls is a restart.", "s", (f"streamcore_uptime_seconds{{{OURS}}}", "{{instance}}")), 6, 7)
    page.add(graph("Starts", "Starts of the process in the last half hour.", "short", (f'changes(process_start_time_seconds{{{OURS}}}[30m])', "{{instance}}")), 6, 7)
    page.add(graph("Duration of scrapes", "As the server and as Prometheus see it. Beyond 10 s there is none.", "s",
                   (quantile(0.95, "streamcore_scrape_duration_seconds"), "server, p95"), (f"scrape_duration_seconds{{{OURS}}}", "{{instance}} by Prometheus")), 6, 7)
    page.add(graph("Samples of a scrape", "How many samples the server answers with: it grows with streams and stays below a bound.", "short",
                   (f"scrape_samples_scraped{{{OURS}}}", "{{instance}}")), 6, 7)
    page.add(table("Versions", "What runs, and on which store.", [
        ("Instance", "", ""), ("Version", "", ""), ("Store", "", ""), ("Servers", "", f"count by (instance, version, store) (streamcore_build_info{{{OURS}}})")],
        hidden=("Value",)), 6, 7)


def variable(name, label, query, what):
    return {
        "type": "query",
        "name": name,
        "label": label,
        "description": what,
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": 2,
        "sort": 3,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "options": [],
        "regex": "",
        "skipUrlSync": False,
    }


def dashboard():
    page = Layout()
    for part in (overview, indicators, streams, listening, queues, auto_end, http, store, process):
        part(page)
    return {
        "uid": "streamcore",
        "title": "Streamcore",
        "description": "Streams, listeners and what they hear, queues, ends, requests, the store and the process.",
        "tags": ["streamcore"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "15s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "",
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "weekStart": "",
        "links": [],
        "annotations": {"list": [{
            "builtIn": 1, "name": "Annotations & Alerts", "type": "dashboard", "enable": True, "hide": True, "iconColor": "rgba(0, 211, 255, 1)",
            "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        }, {
            "name": "Restarts", "enable": True, "hide": False, "iconColor": "orange", "datasource": SOURCE,
            "expr": f"changes(process_start_time_seconds{{{OURS}}}[1m]) > 0", "titleFormat": "{{instance}} began anew", "step": "60s", "useValueForTime": False,
        }]},
        "templating": {"list": [
            {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "current": {}, "hide": 0, "includeAll": False, "multi": False,
             "options": [], "refresh": 1, "regex": "", "skipUrlSync": False},
            variable("instance", "Server", 'label_values(up{job="streamcore"}, instance)', "Servers, by host and port"),
            variable("stream", "Stream", 'label_values(streamcore_stream_uptime_seconds{job="streamcore", instance=~"$instance"}, stream)', "Running streams, by number"),
        ]},
        "panels": page.panels,
    }


if __name__ == "__main__":
    print(json.dumps(dashboard(), indent=1, ensure_ascii=False))

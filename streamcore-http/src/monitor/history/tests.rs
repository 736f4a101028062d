//! The ring beside a model that keeps every sample it was ever told.

use proptest::prelude::*;

use super::*;

const DAY: u64 = 86_400_000;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn everything(history: &History, resolution: Resolution) -> Slice {
    history.read(resolution, at(0), at(u64::MAX), usize::MAX)
}

fn requests(count: u64) -> Point {
    let mut point = Point::default();
    point.count(Counter::Requests, Some(count));
    point
}

fn listeners(count: f64) -> Point {
    let mut point = Point::default();
    point.set(Gauge::Listeners, Some(count));
    point
}

/// Every sample that was told, in the order of telling.
#[derive(Debug, Default)]
struct Model(Vec<(u64, Point)>);

impl Model {
    /// What a counter grew by with each sample.
    fn growth(&self, counter: Counter) -> Vec<Option<u64>> {
        let mut last = None;
        let told = self.0.iter().map(|(_, point)| {
            let value = point.counters[counter as usize]?;
            let growth = match last {
                None => 0,
                Some(last) if value < last => value,
                Some(last) => value - last,
            };
            last = Some(value);
            Some(growth)
        });
        told.collect()
    }

    /// Which samples were never out of reach of a later one, by bucket.
    fn kept(&self, resolution: Resolution) -> BTreeMap<u64, Vec<usize>> {
        let width = resolution.width().as_millis() as u64;
        let reach = resolution.capacity() as u64;
        let mut kept: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (n, (millis, _)) in self.0.iter().enumerate() {
            let bucket = millis / width;
            if self.0[n..].iter().all(|(later, _)| (later / width).abs_diff(bucket) < reach) {
                kept.entry(bucket * width).or_default().push(n);
            }
        }
        kept
    }

    fn agrees(&self, history: &History) -> Result<(), TestCaseError> {
        for resolution in Resolution::ALL {
            let kept = self.kept(resolution);
            let slice = everything(history, resolution);
            prop_assert!(slice.buckets.len() < 2 * resolution.capacity());
            prop_assert_eq!(slice.total, kept.len());
            for ((start, bucket), (wanted_start, samples)) in slice.buckets.iter().zip(&kept) {
                prop_assert_eq!(start.as_millis(), *wanted_start);
                prop_assert_eq!(bucket.samples() as usize, samples.len());
                for gauge in Gauge::ALL {
                    let values: Vec<_> = samples.iter().filter_map(|n| self.0[*n].1.gauges[gauge as usize]).collect();
                    let range = bucket.gauge(gauge);
                    prop_assert_eq!(range.is_some(), !values.is_empty());
                    if let Some(range) = range {
                        prop_assert_eq!(range.min, values.iter().copied().fold(f64::INFINITY, f64::min));
                        prop_assert_eq!(range.max, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
                        let mean = values.iter().sum::<f64>() / values.len() as f64;
                        prop_assert!((range.avg - mean).abs() < 1e-6, "{range:?} {mean}");
                        prop_assert!(range.min <= range.avg && range.avg <= range.max, "{range:?}");
                    }
                }
                for counter in Counter::ALL {
                    let growth = self.growth(counter);
                    let told: Vec<_> = samples.iter().filter_map(|n| growth[*n]).collect();
                    let wanted = (!told.is_empty()).then(|| told.iter().sum::<u64>());
                    prop_assert_eq!(bucket.increase(counter), wanted);
                }
            }
        }
        Ok(())
    }
}

fn point() -> impl Strategy<Value = Point> {
    let gauges = proptest::array::uniform6(proptest::option::weighted(0.8, -5.0..1_000.0_f64));
    // Small, so that counters also begin anew.
    let counters = proptest::array::uniform7(proptest::option::weighted(0.8, 0..1_000_u64));
    (gauges, counters).prop_map(|(gauges, counters)| Point { gauges, counters })
}

/// How the clock goes on from one sample to the next, in milliseconds.
fn step() -> impl Strategy<Value = i64> {
    let day = DAY as i64;
    prop_oneof![
        10 => Just(10_000),
        4 => 0..600_000_i64,
        2 => -600_000..0_i64,
        2 => prop_oneof![Just(day), Just(-day), Just(3_600_000), Just(-3_600_000)],
        1 => prop_oneof![Just(40 * day), Just(-40 * day), Just(3_650 * day), Just(-3_650 * day)],
    ]
}

proptest! {
    /// Whatever the clock does, the buckets are what all samples within reach come to.
    #[test]
    fn the_ring_is_what_all_samples_come_to(
        begin in prop_oneof![Just(0), 0..DAY, 20_000 * DAY..21_000 * DAY],
        steps in proptest::collection::vec((step(), point()), 1..120),
    ) {
        let (mut history, mut model, mut now) = (History::new(), Model::default(), begin);
        for (step, point) in steps {
            now = now.saturating_add_signed(step);
            history.record(at(now), &point);
            model.0.push((now, point));
        }
        model.agrees(&history)?;
    }

    /// A slice is the newest of what lies between its ends.
    #[test]
    fn a_slice_is_cut_where_it_was_asked_for(from in 0..200_u64, to in 0..200_u64, limit in 0..50_usize) {
        let mut history = History::new();
        for minute in 0..100 {
            history.record(at(minute * 60_000 + 30_000), &listeners(minute as f64));
        }
        // Ends between the beginnings of buckets, too.
        let slice = history.read(Resolution::Minute, at(from * 30_000), at(to * 30_000), limit);
        let wanted: Vec<_> = (0..100).filter(|n| (from..to).contains(&(n * 2))).collect();
        prop_assert_eq!(slice.total, wanted.len());
        let starts: Vec<_> = slice.buckets.iter().map(|(start, _)| start.as_millis() / 60_000).collect();
        prop_assert_eq!(starts, &wanted[wanted.len().saturating_sub(limit)..]);
    }
}

#[test]
fn buckets_begin_with_the_clock() {
    let mut history = History::new();
    // 2026-11-22T13:49:00.123Z.
    history.record(at(1_795_355_340_123), &listeners(1.0));
    let starts = Resolution::ALL.map(|resolution| everything(&history, resolution).buckets[0].0.to_string());
    let day = "2026-11-22T13:";
    assert_eq!(starts, ["49:00.000Z", "45:00.000Z", "45:00.000Z", "00:00.000Z"].map(|rest| format!("{day}{rest}")));
}

#[test]
fn as_many_buckets_are_kept_as_promised() {
    let mut history = History::new();
    for minute in 0..40 * 24 * 60 {
        history.record(at(minute * 60_000), &requests(minute));
    }
    for (resolution, days) in Resolution::ALL.into_iter().zip([1, 2, 7, 31]) {
        let slice = everything(&history, resolution);
        assert_eq!(slice.total, resolution.capacity());
        assert_eq!(resolution.width() * u32::try_from(slice.total).unwrap(), Duration::from_millis(days * DAY));
        let minutes = resolution.width().as_secs() / 60;
        assert!(slice.buckets.iter().all(|(_, bucket)| bucket.increase(Counter::Requests) == Some(minutes)));
    }
    let bytes = 3_432 * size_of::<(u64, Bucket)>();
    assert!(bytes < 1_200_000, "{bytes}: say so in the module's documentation");
}

#[test]
fn a_gap_is_a_gap_and_a_counter_that_began_anew_has_grown_by_all_it_says() {
    let mut history = History::new();
    for (minute, count) in [(0, 100), (1, 130), (5, 7), (6, 7)] {
        history.record(at(minute * 60_000), &requests(count));
    }
    let slice = everything(&history, Resolution::Minute);
    let seen: Vec<_> = slice
        .buckets
        .iter()
        .map(|(start, bucket)| (start.as_millis() / 60_000, bucket.increase(Counter::Requests).unwrap()))
        .collect();
    assert_eq!(seen, [(0, 0), (1, 30), (5, 7), (6, 0)]);
}

#[test]
fn what_is_no_number_is_not_told() {
    let mut history = History::new();
    for value in [f64::NAN, f64::INFINITY, 3.0, f64::NEG_INFINITY] {
        history.record(at(5), &listeners(value));
    }
    let (_, bucket) = &everything(&history, Resolution::Hour).buckets[0];
    assert_eq!(bucket.gauge(Gauge::Listeners), Some(Range { min: 3.0, avg: 3.0, max: 3.0 }));
    assert_eq!((bucket.gauge(Gauge::CpuPercent), bucket.increase(Counter::Requests)), (None, None));
}

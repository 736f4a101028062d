//! Pages that are broken in one place each.

use super::*;

const GOOD: &str = "# HELP a_seconds Quote \\\" slash \\\\ line \\n end.\n# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds{x=\"1 # {\\\"\\\\\\n}\"} -0.5 1.5\n\
# HELP b B.\n# TYPE b counter\nb_total 1 # {id=\"x\"} 0.5 1.0\nb_created 5.0\n\
# HELP c C.\n# TYPE c histogram\nc_sum 2.5\nc_count 2\nc_bucket{le=\"1.0\"} 1\nc_bucket{le=\"+Inf\"} 2\n\
# TYPE d info\nd_info{v=\"\u{1f600}\"} 1\n# TYPE e unknown\ne NaN\n# EOF\n";

const GOOD_TEXT: &str = "# HELP a Quote \" slash \\\\ line \\n end.\n# TYPE a gauge\na{x=\"1\"} +Inf 1500\n\
# TYPE b_total counter\nb_total 1\n# TYPE c histogram\nc_sum 0\nc_count 0\nc_bucket{le=\"+Inf\"} 0\n# TYPE e untyped\ne NaN\n";

#[test]
fn what_a_page_says_can_be_looked_up() {
    let scrape = read(GOOD, Format::OpenMetrics).expect("a page");
    assert_eq!(scrape.value("a_seconds", &[("x", "1 # {\"\\\n}")]), Some(-0.5));
    assert_eq!((scrape.value("a_seconds", &[]), scrape.value("c_bucket", &[("le", "1.0")])), (None, Some(1.0)));
    assert_eq!((scrape.sum("c_bucket"), scrape.sum("nothing")), (3.0, 0.0));
    assert_eq!(scrape.family("a_seconds").and_then(|f| f.help.as_deref()), Some("Quote \" slash \\ line \n end."));
    assert_eq!(scrape.family("b").map(|f| f.kind), Some(Kind::Counter));
    assert!(scrape.names().contains("d_info") && scrape.names().len() == 8, "{:?}", scrape.names());
    assert_eq!(scrape.samples[0].timestamp, Some(1.5));
    assert!(scrape.samples[1].has_exemplar);
    let scrape = read(GOOD_TEXT, Format::Text).expect("a page");
    assert_eq!(scrape.samples[0].timestamp, Some(1.5));
    assert_eq!(scrape.value("a", &[("x", "1")]), Some(f64::INFINITY));
    assert_eq!(scrape.family("a").and_then(|f| f.help.as_deref()), Some("Quote \" slash \\ line \n end."));
    assert_eq!(read("# EOF\n", Format::OpenMetrics).map(|scrape| scrape.samples.len()), Ok(0));
    assert_eq!(read("\n", Format::Text).map_err(|refused| refused.line).err(), Some(1));
}

#[test]
fn a_broken_page_is_refused_with_its_line_and_the_reason() {
    let om = Format::OpenMetrics;
    for (format, what, with, line, reason) in [
        (om, "# EOF\n", "", 19, "EOF is missing"),
        (om, "# EOF\n", "# EOF", 19, "does not end"),
        (om, "# EOF\n", "# EOF\n\n", 20, "behind # EOF"),
        (om, "# EOF\n", "# EOF\n# EOF\n", 20, "behind # EOF"),
        (om, "# HELP b B.\n", "# EOF\n# HELP b B.\n", 6, "behind # EOF"),
        (om, "e NaN", "\ne NaN", 18, "empty line"),
        (om, "e NaN", "# by hand\ne NaN", 18, "nothing behind the name"),
        (om, "e NaN", "e  NaN", 18, "\"\" is no number"),
        (om, "e NaN", "e NaN ", 18, "\"\" is no number"),
        (om, "e NaN", "e", 18, "needs a value"),
        (om, "e NaN", "e 1 2 3", 18, "behind the timestamp"),
        (om, "e NaN", "e one", 18, "\"one\" is no number"),
        (om, "e NaN", "e 1 NaN", 18, "no timestamp"),
        (om, "e NaN", "e 1\ne 2", 19, "was there before"),
        (om, "e NaN", "e 1 # {} 1", 18, "only counters and buckets"),
        (om, "e NaN", "f 1", 18, "f is no sample of e"),
        (om, "e NaN", "e_total 1", 18, "e_total is no sample of e"),
        (om, "e NaN", "2e 1", 18, "no name of a sample"),
        (om, "# TYPE e unknown\n", "# TYPE e unknown\n# TYPE e unknown\n", 18, "TYPE is there twice"),
        (om, "# TYPE e unknown\n", "# TYPE e untyped\n", 17, "no type of this format"),
        (om, "# TYPE e unknown\n", "", 17, "e is no sample of d"),
        (om, "# TYPE e unknown\n", "# HELP e E.\n", 18, "before its TYPE"),
        (om, "# TYPE e unknown\n", "# TYPE b counter\nb_total{x=\"1\"} 2\n", 17, "in two pieces"),
        (om, "# TYPE e unknown\n", "# TYPE b_total gauge\n# TYPE e unknown\n", 17, "could be of b_total and of b"),
        (om, "# TYPE e unknown\n", "# HELP x X.\n# TYPE e unknown\n", 18, "family x has no TYPE"),
        (om, "e NaN\n", "e NaN\n# HELP e Late.\n", 19, "behind its samples"),
        (om, "# TYPE d info", "# TYPE d_info info", 15, "has no _info"),
        (om, "} 1\n# TYPE e", "} 0\n# TYPE e", 16, "an info is 1"),
        (om, "# UNIT a_seconds seconds", "# UNIT a_seconds bytes", 3, "end in the unit"),
        (om, "slash \\\\", "slash \\", 1, "needs none"),
        (om, "Quote \\\"", "Quote \"", 1, "quote without"),
        (om, "{x=\"1", "{x=\"1\\t", 4, "needs none"),
        (om, "{x=\"1", "{x=1", 4, "in quotes"),
        (om, "{x=\"1", "{x=\"2\",x=\"1", 4, "twice"),
        (om, "{x=\"1", "{x=\"2\" ,y=\"1", 4, "comma or a brace"),
        (om, "{x=\"1", "{,x=\"1", 4, "no name of a label"),
        (om, "{x=\"1", "{x-y=\"1", 4, "no name of a label"),
        (om, "\\n}\"} -0.5", "\\n}\",} -0.5", 4, "a label without a value"),
        (om, "\\n}\"} -0.5", "\\n} -0.5", 4, "does not end"),
        (om, "\\n}\"} -0.5", "\\n}\"}-0.5", 4, "one space"),
        (om, "# TYPE b counter", "# TYPE b_total counter", 6, "has no _total"),
        (om, "b_total 1", "b_total -1", 7, "nothing that can be counted"),
        (om, "b_total 1", "b_total NaN", 7, "nothing that can be counted"),
        (om, "b_total 1", "b 1", 7, "b is no sample of b"),
        (om, "{id=\"x\"} 0.5 1.0", "{id=\"x\"}", 7, "exemplar needs a value"),
        (
            om,
            "{id=\"x\"",
            "{id=\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"",
            7,
            "more than 128",
        ),
        (om, "c_count 2\n", "", 14, "without _count"),
        (om, "c_sum 2.5\n", "", 14, "without _sum"),
        (om, "c_count 2\n", "c_count 3\n", 15, "and _count 3"),
        (om, "c_count 2\n", "c_count 2.5\n", 12, "no whole number"),
        (om, "c_sum 2.5\n", "c_sum NaN\n", 11, "nothing that can be counted"),
        (om, "c_bucket{le=\"+Inf\"} 2\n", "", 14, "without the bucket +Inf"),
        (om, "c_bucket{le=\"+Inf\"}", "c_bucket{le=\"inf\"}", 15, "is +Inf, not"),
        (om, "c_bucket{le=\"1.0\"} 1", "c_bucket{le=\"1.0\"} 3", 15, "a smaller one 3"),
        (om, "c_bucket{le=\"1.0\"} 1", "c_bucket{le=\"1.0\"} 1\nc_bucket{le=\"0.5\"} 1", 16, "comes after 1"),
        (om, "c_bucket{le=\"1.0\"} 1", "c_bucket 1", 13, "belongs to buckets"),
        (om, "c_count 2\n", "c_count{x=\"1\"} 2\n", 12, "without _count"),
        (Format::Text, "e NaN\n", "e NaN\n# EOF\n", 12, "neither HELP"),
        (Format::Text, "# TYPE e untyped\n", "# TYPE e unknown\n", 10, "no type of this format"),
        (Format::Text, "# TYPE e untyped\n", "# UNIT e e\n", 10, "not known in this format"),
        (Format::Text, "e NaN", "e nan", 11, "must be NaN"),
        (Format::Text, "+Inf 1500", "inf 1500", 3, "must be NaN, +Inf"),
        (Format::Text, "+Inf 1500", "+Inf 1.5", 3, "no timestamp"),
        (Format::Text, "b_total 1\n", "b_total 1 # {} 1\n", 5, "no exemplars"),
        (Format::Text, "# TYPE b_total counter\nb_total", "# TYPE b counter\nb", 4, "ends in _total"),
        (Format::Text, "Quote \"", "Quote \\\"", 1, "needs none"),
        (Format::Text, "# TYPE b_total counter\n", "# TYPE b_total info\n", 4, "no type of this format"),
    ] {
        let good = if format == Format::Text { GOOD_TEXT } else { GOOD };
        assert_eq!(good.matches(what).count(), 1, "{what:?} must be there once");
        let refused = read(&good.replace(what, with), format).map(drop).expect_err(with);
        assert!(refused.reason.contains(reason), "{with:?}: {refused}, not {reason:?}");
        assert_eq!(refused.line, line, "{with:?}: {refused}");
    }
}

/// Wherever a page is cut it is no page any more.
#[test]
fn a_page_that_is_cut_is_refused() {
    read(GOOD, Format::OpenMetrics).expect("a page");
    for (at, _) in GOOD.char_indices() {
        assert!(read(&GOOD[..at], Format::OpenMetrics).is_err(), "{:?}", &GOOD[..at]);
    }
}

//! Sets of labels whose values are known when the program is built.

use std::fmt;

use prometheus_client::{encoding::EncodeLabelSet, metrics::family::Family, registry::Registry};

/// Names and values. Both are `'static`: what somebody sent cannot become one.
pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];

/// A family with one label.
pub(super) type ByOne<M> = Family<Labels<1>, M>;

/// Registers a family with one label, and makes the series of each of these values.
pub(super) fn by_one<M>(
    registry: &mut Registry,
    (name, help): (&'static str, &'static str),
    label: &'static str,
    values: impl IntoIterator<Item = &'static str>,
) -> OneLabel<M>
where
    M: prometheus_client::registry::Metric + prometheus_client::metrics::TypedMetric + Default + Clone,
{
    let family = ByOne::<M>::default();
    registry.register(name, help, family.clone());
    let family = OneLabel { label, family };
    for value in values {
        let _made = family.of(value);
    }
    family
}

/// A family with one label.
#[derive(Debug, Clone)]
pub(super) struct OneLabel<M> {
    label: &'static str,
    family: ByOne<M>,
}

impl<M: Default + Clone> OneLabel<M> {
    pub(super) fn of(&self, value: &'static str) -> M {
        self.family.get_or_create_owned(&[(self.label, value)])
    }
}

/// Two sets of labels of one series.
pub(super) struct Both<A, B>(pub(super) A, pub(super) B);

impl<A: EncodeLabelSet, B: EncodeLabelSet> EncodeLabelSet for Both<A, B> {
    fn encode(&self, encoder: &mut prometheus_client::encoding::LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        self.0.encode(encoder)?;
        self.1.encode(encoder)
    }
}

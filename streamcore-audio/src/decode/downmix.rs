//! Any number of channels becomes two.

use symphonia::core::audio::{Channels, Position};

/// How loud centre and surround channels are beside the front: -3 dB.
const MINUS_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// How much of each channel goes to the left and to the right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Downmix {
    gains: Vec<[f32; 2]>,
}

impl Downmix {
    pub(super) fn new(channels: &Channels) -> Self {
        let mut gains: Vec<[f32; 2]> = match channels {
            Channels::Positioned(_) if channels.count() == 1 => vec![[1.0, 1.0]],
            Channels::Positioned(positions) => positions.iter().map(gain_at).collect(),
            // Without positions: one is mono, and from two on the first two are left and right.
            other => match other.count() {
                1 => vec![[1.0, 1.0]],
                n => (0..n).map(|channel| [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]][channel.min(2)]).collect(),
            },
        };
        // Normalised by the louder side: whatever the channels do, the mix stays within full scale, and the balance stays as it is.
        let sum = |side: usize| gains.iter().map(|gain| gain[side]).sum::<f32>();
        let most = sum(0).max(sum(1));
        if most > 1.0 {
            gains.iter_mut().flatten().for_each(|gain| *gain /= most);
        }
        Self { gains }
    }

    /// Appends the mix of interleaved `input` to `out`.
    pub(super) fn mix(&self, input: &[f32], out: &mut Vec<f32>) {
        match self.gains.as_slice() {
            [] => {}
            [[1.0, 0.0], [0.0, 1.0]] => out.extend(input.iter().map(|value| clean(*value))),
            gains => {
                for sample in input.chunks_exact(gains.len()) {
                    let mixed = sample.iter().zip(gains).fold([0.0, 0.0], |[left, right], (value, gain)| {
                        let value = clean(*value);
                        [left + value * gain[0], right + value * gain[1]]
                    });
                    out.extend(mixed);
                }
            }
        }
    }
}

fn gain_at(position: Position) -> [f32; 2] {
    const LEFT: Position = Position::REAR_LEFT
        .union(Position::SIDE_LEFT)
        .union(Position::FRONT_LEFT_CENTER)
        .union(Position::TOP_FRONT_LEFT)
        .union(Position::TOP_REAR_LEFT)
        .union(Position::TOP_SIDE_LEFT)
        .union(Position::BOTTOM_FRONT_LEFT)
        .union(Position::FRONT_LEFT_WIDE);
    const RIGHT: Position = Position::REAR_RIGHT
        .union(Position::SIDE_RIGHT)
        .union(Position::FRONT_RIGHT_CENTER)
        .union(Position::TOP_FRONT_RIGHT)
        .union(Position::TOP_REAR_RIGHT)
        .union(Position::TOP_SIDE_RIGHT)
        .union(Position::BOTTOM_FRONT_RIGHT)
        .union(Position::FRONT_RIGHT_WIDE);
    if position == Position::FRONT_LEFT {
        [1.0, 0.0]
    } else if position == Position::FRONT_RIGHT {
        [0.0, 1.0]
    } else if Position::LFE1.union(Position::LFE2).contains(position) {
        [0.0, 0.0] // what it adds is felt in a cinema and only muddies two speakers
    } else if LEFT.contains(position) {
        [MINUS_3_DB, 0.0]
    } else if RIGHT.contains(position) {
        [0.0, MINUS_3_DB]
    } else {
        [MINUS_3_DB, MINUS_3_DB]
    }
}

/// Files of floating-point samples can hold anything.
fn clean(value: f32) -> f32 {
    if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(channels: Channels, input: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        Downmix::new(&channels).mix(input, &mut out);
        out
    }

    #[test]
    fn mono_is_doubled_and_stereo_stays_as_it_is() {
        assert_eq!(mixed(Channels::Positioned(Position::FRONT_CENTER), &[0.5, -0.25]), [0.5, 0.5, -0.25, -0.25]);
        assert_eq!(mixed(Channels::Positioned(Position::FRONT_LEFT), &[0.5]), [0.5, 0.5]);
        assert_eq!(mixed(Channels::Discrete(2), &[0.5, -0.25]), [0.5, -0.25]);
        assert_eq!(mixed(Channels::Positioned(Position::FRONT_LEFT | Position::FRONT_RIGHT), &[0.5, 0.1]), [0.5, 0.1]);
    }

    #[test]
    fn surround_keeps_its_sides_and_stays_within_full_scale() {
        let five_one = Position::from_wave_channel_mask(0x3F).unwrap();
        let all = mixed(Channels::Positioned(five_one), &[1.0; 6]);
        assert!((all[0] - 1.0).abs() < 1e-6 && (all[1] - 1.0).abs() < 1e-6, "{all:?}");
        let left = mixed(Channels::Positioned(five_one), &[0.5, 0.0, 0.0, 0.0, 0.5, 0.0]);
        assert!(left[0] > 0.3 && left[1] == 0.0, "{left:?}");
        let centre = mixed(Channels::Positioned(five_one), &[0.0, 0.0, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(centre[0], centre[1]);
        assert!((0.1..0.3).contains(&centre[0]), "{centre:?}");
    }

    #[test]
    fn what_is_not_a_number_is_silence() {
        assert_eq!(mixed(Channels::Discrete(2), &[f32::NAN, f32::INFINITY]), [0.0, 0.0]);
        assert_eq!(mixed(Channels::Discrete(1), &[7.0]), [1.0, 1.0]);
        assert_eq!(mixed(Channels::None, &[7.0]), Vec::<f32>::new());
    }
}

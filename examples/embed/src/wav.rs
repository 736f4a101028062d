//! A tone as a WAV file: 16 bits, mono, 22,050 Hz.

use std::f32::consts::TAU;

const RATE: u32 = 22_050;

/// The whole file.
pub(crate) fn tone(hz: f32, seconds: f32) -> Vec<u8> {
    let count = (RATE as f32 * seconds) as u32;
    let data = count * 2;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for field in [1_u16, 1] {
        file.extend(field.to_le_bytes()); // PCM, one channel
    }
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    for field in [2_u16, 16] {
        file.extend(field.to_le_bytes()); // bytes per frame, bits per sample
    }
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    for n in 0..count {
        let value = (TAU * hz * n as f32 / RATE as f32).sin() * 0.3;
        file.extend(((value * f32::from(i16::MAX)) as i16).to_le_bytes());
    }
    file
}

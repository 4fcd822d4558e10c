//! Pictures of people: a small PNG with initials on a colour, made without any image crate.
//!
//! What lives here: a one-bit palette PNG writer (stored deflate blocks) and a five-by-seven letter table.
//! What must not: anything that knows who the person is beyond the name.

/// Side of every picture in pixels.
const SIDE: usize = 192;

const LETTERS: [[u8; 7]; 26] = [
    [14, 17, 17, 31, 17, 17, 17],
    [30, 17, 17, 30, 17, 17, 30],
    [14, 17, 16, 16, 16, 17, 14],
    [30, 17, 17, 17, 17, 17, 30],
    [31, 16, 16, 30, 16, 16, 31],
    [31, 16, 16, 30, 16, 16, 16],
    [14, 17, 16, 23, 17, 17, 15],
    [17, 17, 17, 31, 17, 17, 17],
    [14, 4, 4, 4, 4, 4, 14],
    [7, 2, 2, 2, 2, 18, 12],
    [17, 18, 20, 24, 20, 18, 17],
    [16, 16, 16, 16, 16, 16, 31],
    [17, 27, 21, 21, 17, 17, 17],
    [17, 25, 21, 19, 17, 17, 17],
    [14, 17, 17, 17, 17, 17, 14],
    [30, 17, 17, 30, 16, 16, 16],
    [14, 17, 17, 17, 21, 18, 13],
    [30, 17, 17, 30, 20, 18, 17],
    [15, 16, 16, 14, 1, 1, 30],
    [31, 4, 4, 4, 4, 4, 4],
    [17, 17, 17, 17, 17, 17, 14],
    [17, 17, 17, 17, 17, 10, 4],
    [17, 17, 17, 21, 21, 27, 17],
    [17, 17, 10, 4, 10, 17, 17],
    [17, 17, 10, 4, 4, 4, 4],
    [31, 1, 2, 4, 8, 16, 31],
];

/// A dark colour that always belongs to this text; white letters stay readable on it.
#[must_use]
pub fn colour(of: &str) -> [u8; 3] {
    const COLOURS: [[u8; 3]; 8] = [
        [0x2b, 0x5c, 0x8a],
        [0x8a, 0x3b, 0x5b],
        [0x2f, 0x6b, 0x4f],
        [0x7a, 0x4b, 0x1e],
        [0x5a, 0x46, 0x8f],
        [0x9a, 0x3d, 0x2e],
        [0x1f, 0x6a, 0x75],
        [0x55, 0x5b, 0x2b],
    ];
    let sum = of.bytes().fold(7usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    COLOURS.get(sum % COLOURS.len()).copied().unwrap_or([0x44, 0x44, 0x44])
}

/// A square PNG with the name's initials.
#[must_use]
pub fn avatar(name: &str) -> Vec<u8> {
    let initials: Vec<usize> = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .filter(|&first| first.to_ascii_uppercase().is_ascii_uppercase())
        .map(|first| first.to_ascii_uppercase())
        .map(|letter| usize::from(letter as u8 - b'A'))
        .take(2)
        .collect();
    png(colour(name), &initials)
}

/// Whether the pixel belongs to a letter.
fn inked(x: usize, y: usize, initials: &[usize]) -> bool {
    const DOT: usize = 12;
    let width = (initials.len() * 6).saturating_sub(1) * DOT;
    let (left, top) = ((SIDE - width) / 2, (SIDE - 7 * DOT) / 2);
    if x < left || y < top || x >= left + width || y >= top + 7 * DOT {
        return false;
    }
    let (column, row) = ((x - left) / DOT, (y - top) / DOT);
    let bits = initials.get(column / 6).and_then(|letter| LETTERS.get(*letter)).and_then(|rows| rows.get(row));
    column % 6 < 5 && bits.is_some_and(|bits| bits >> (4 - column % 6) & 1 == 1)
}

fn png(colour: [u8; 3], initials: &[usize]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(SIDE * (SIDE / 8 + 1));
    for y in 0..SIDE {
        raw.push(0); // filter: none
        for byte in 0..SIDE / 8 {
            raw.push((0..8).fold(0u8, |bits, bit| bits << 1 | u8::from(inked(byte * 8 + bit, y, initials))));
        }
    }
    let side = u32::try_from(SIDE).unwrap_or(192).to_be_bytes();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &[side.as_slice(), side.as_slice(), &[1, 3, 0, 0, 0]].concat());
    chunk(&mut out, b"PLTE", &[colour.as_slice(), &[255, 255, 255]].concat());
    chunk(&mut out, b"IDAT", &stored(&raw));
    chunk(&mut out, b"IEND", &[]);
    out
}

/// A zlib stream of one stored block; the pictures are far under its limit of 65,535 bytes.
fn stored(raw: &[u8]) -> Vec<u8> {
    let length = u16::try_from(raw.len()).unwrap_or(u16::MAX);
    let (mut a, mut b) = (1u32, 0u32);
    for byte in raw {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(raw);
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let body = [kind.as_slice(), data].concat();
    let crc = !body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    out.extend(body);
    out.extend(crc.to_be_bytes());
}

//! The picture of a micro-credential that was given none: a rosette with two ribbons.
//!
//! Colour and star follow from the name, so that the same micro-credential always looks the same
//! and two of them rarely do. There are no words in it: words belong where they can be read aloud
//! and translated.

use crate::app::App;
use crate::bake;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::image::{self, ImageType};
use crate::micro_credential::{Colour, MicroCredential};
use std::f32::consts::PI;
use tiny_skia::{
    Color, FillRule, GradientStop, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point,
    SpreadMode, Stroke, Transform,
};

impl MicroCredential {
    /// What its picture is: its own, or the PNG that is drawn for it.
    pub fn picture_type(&self) -> ImageType {
        let image = self.content.image.as_ref();
        image.map_or(ImageType::Png, |image| image.media_type)
    }
}

/// The picture of a micro-credential as its pages show it.
pub fn shown(app: &App, of: &MicroCredential) -> Result<(ImageType, Vec<u8>), Error> {
    match &of.content.image {
        Some(image) => Ok((image.media_type, image::bytes(app, image)?)),
        None => Ok((ImageType::Png, draw(of))),
    }
}

/// The picture that badges are baked into: a PNG, its own or one that is drawn.
pub fn for_baking(app: &App, of: &MicroCredential) -> Result<Vec<u8>, Error> {
    match shown(app, of)? {
        (ImageType::Png, bytes) => Ok(bytes),
        // No pixels are made of an SVG here: its badges carry the drawn picture when they are baked.
        (ImageType::Svg, _) => Ok(draw(of)),
    }
}

/// The picture that badges are baked into as SVG: its own, or one that shows the PNG.
pub fn for_baking_svg(app: &App, of: &MicroCredential) -> Result<Vec<u8>, Error> {
    match shown(app, of)? {
        (ImageType::Svg, bytes) => Ok(bytes),
        (ImageType::Png, bytes) => {
            bake::svg::around(&bytes).map_err(|_| Error::Missing("a picture that can be baked"))
        }
    }
}

/// Draws the picture of a micro-credential as a PNG of 512 by 512 pixels.
pub fn draw(micro_credential: &MicroCredential) -> Vec<u8> {
    let look = Look::of(micro_credential);
    let mut pixmap =
        Pixmap::new(SIDE, SIDE).expect("512 by 512 pixels are neither none nor too many");
    for lean in [-1.0, 1.0] {
        fill(&mut pixmap, ribbon(lean), &shaded(look.dark, look.darker));
    }
    fill(
        &mut pixmap,
        scallops(look.scallops),
        &shaded(look.light, look.base),
    );
    fill(&mut pixmap, circle(FACE), &plain(solid(PAPER)));
    stroke(&mut pixmap, circle(FACE - 14.0), &plain(look.base), 4.0);
    fill(
        &mut pixmap,
        star(look.points),
        &shaded(look.base, look.dark),
    );
    pixmap
        .encode_png()
        .expect("a picture is written to memory without fail")
}

/// What tells one picture from another.
struct Look {
    light: Color,
    base: Color,
    dark: Color,
    darker: Color,
    scallops: u8,
    points: u8,
}

impl Look {
    fn of(micro_credential: &MicroCredential) -> Look {
        let chance = Sha256Digest::of(micro_credential.id.as_str().as_bytes()).bytes();
        let colour = micro_credential
            .content
            .colour
            .unwrap_or(CALM[usize::from(chance[0]) % CALM.len()]);
        Look {
            light: mixed(colour, 255, 0.18),
            base: solid(colour),
            dark: mixed(colour, 0, 0.22),
            darker: mixed(colour, 0, 0.38),
            scallops: 16 + 2 * (chance[1] % 4),
            points: 5 + chance[2] % 4,
        }
    }
}

fn solid(colour: Colour) -> Color {
    Color::from_rgba8(colour.red, colour.green, colour.blue, 255)
}

/// A colour with a part of white (255) or black (0) in it.
fn mixed(colour: Colour, with: u8, part: f32) -> Color {
    let channel = |own: u8| (f32::from(own) * (1.0 - part) + f32::from(with) * part) as u8;
    Color::from_rgba8(
        channel(colour.red),
        channel(colour.green),
        channel(colour.blue),
        255,
    )
}

/// The round edge of the rosette.
fn scallops(count: u8) -> Option<Path> {
    let steps = u16::from(count) * 24;
    let edge = |step: u16| {
        let angle = f32::from(step) / f32::from(steps) * 2.0 * PI;
        // |sin| has a cusp between two bows, as cloth that is gathered has.
        let bow = (angle * f32::from(count) / 2.0).sin().abs();
        at(angle, 168.0 + 22.0 * bow.sqrt())
    };
    closed((0..steps).map(edge))
}

/// A star whose points are neither thin nor fat, one of them upwards.
fn star(points: u8) -> Option<Path> {
    let corners = u16::from(points) * 2;
    let corner = |place: u16| {
        let angle = f32::from(place) / f32::from(corners) * 2.0 * PI;
        at(angle, if place.is_multiple_of(2) { 86.0 } else { 44.0 })
    };
    closed((0..corners).map(corner))
}

/// A ribbon that hangs down to one side, with a notch at its end.
fn ribbon(lean: f32) -> Option<Path> {
    let (x, y) = CENTRE;
    let corners = [
        (20.0, 90.0),
        (118.0, 60.0),
        (158.0, 262.0),
        (98.0, 236.0),
        (56.0, 282.0),
    ];
    closed(
        corners
            .into_iter()
            .map(|(right, down)| (x + lean * right, y + down)),
    )
}

fn circle(radius: f32) -> Option<Path> {
    PathBuilder::from_circle(CENTRE.0, CENTRE.1, radius)
}

/// The point at this angle, clockwise from the top, and distance from the centre.
fn at(angle: f32, distance: f32) -> (f32, f32) {
    (
        CENTRE.0 + angle.sin() * distance,
        CENTRE.1 - angle.cos() * distance,
    )
}

fn closed(corners: impl Iterator<Item = (f32, f32)>) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (place, (x, y)) in corners.enumerate() {
        match place {
            0 => path.move_to(x, y),
            _ => path.line_to(x, y),
        }
    }
    path.close();
    path.finish()
}

fn plain(colour: Color) -> Paint<'static> {
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color(colour);
    paint
}

/// From one colour at the top of the picture to another at its foot.
fn shaded(top: Color, foot: Color) -> Paint<'static> {
    let stops = vec![GradientStop::new(0.0, top), GradientStop::new(1.0, foot)];
    let (from, to) = (Point::from_xy(0.0, 30.0), Point::from_xy(0.0, 490.0));
    match LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity()) {
        Some(shader) => Paint {
            shader,
            anti_alias: true,
            ..Paint::default()
        },
        None => plain(foot),
    }
}

fn fill(pixmap: &mut Pixmap, path: Option<Path>, paint: &Paint<'_>) {
    if let Some(path) = path {
        pixmap.fill_path(&path, paint, FillRule::Winding, Transform::identity(), None);
    }
}

fn stroke(pixmap: &mut Pixmap, path: Option<Path>, paint: &Paint<'_>, width: f32) {
    if let Some(path) = path {
        let stroke = Stroke {
            width,
            ..Stroke::default()
        };
        pixmap.stroke_path(&path, paint, &stroke, Transform::identity(), None);
    }
}

const SIDE: u32 = 512;
const CENTRE: (f32, f32) = (256.0, 206.0);
/// The radius of the light middle.
const FACE: f32 = 138.0;
/// Not quite white, so that it stands out on white.
const PAPER: Colour = Colour {
    red: 250,
    green: 250,
    blue: 246,
};
/// Teal, navy, plum, forest, terracotta, slate, ochre and burgundy: calm, apart from each other,
/// and dark enough to stand on white.
const CALM: [Colour; 8] = [
    Colour {
        red: 19,
        green: 104,
        blue: 110,
    },
    Colour {
        red: 33,
        green: 62,
        blue: 117,
    },
    Colour {
        red: 98,
        green: 51,
        blue: 105,
    },
    Colour {
        red: 40,
        green: 96,
        blue: 58,
    },
    Colour {
        red: 168,
        green: 82,
        blue: 50,
    },
    Colour {
        red: 70,
        green: 92,
        blue: 122,
    },
    Colour {
        red: 158,
        green: 116,
        blue: 28,
    },
    Colour {
        red: 128,
        green: 34,
        blue: 56,
    },
];

// Reads what a picture says of itself, by a library of others.
//
//   {"do": "read", "file": BASE64} -> {"tags": {NAME: VALUE}}
import exifr from 'exifr';
import {serve} from './lines.mjs';

// Its size and depth are the picture's own.
const OF_THE_PICTURE = [
  'ImageWidth', 'ImageHeight', 'BitDepth', 'ColorType', 'Compression', 'Filter', 'Interlace',
  'JFIFVersion', 'ResolutionUnit', 'XResolution', 'YResolution', 'ThumbnailWidth', 'ThumbnailHeight'
];

await serve({read});

async function read({file}) {
  const found = await exifr.parse(Buffer.from(file, 'base64'), {
    tiff: true, exif: true, gps: true, interop: true, ifd1: true, xmp: true, iptc: true, icc: true,
    jfif: true, ihdr: true, makerNote: true, userComment: true, translateValues: false,
    silentErrors: true
  }) ?? {};
  const tags = Object.entries(found).filter(([name]) => !OF_THE_PICTURE.includes(name) && name !== 'errors');
  return {tags: JSON.parse(JSON.stringify(Object.fromEntries(tags)))};
}

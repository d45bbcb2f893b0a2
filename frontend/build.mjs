// Compiles mc.scss to ../static/mc/mc.css and copies the fonts beside it, with their licence.
// The result is committed, so that running Metric Charter needs no Node.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "mc");
const faces = {
  "atkinson-hyperlegible-next": ["400-normal", "400-italic", "600-normal", "700-normal"],
  "atkinson-hyperlegible-mono": ["400-normal", "600-normal"],
};

function buildStyles() {
  const { css } = compile(join(here, "mc.scss"), {
    style: "compressed",
    charset: false,
    loadPaths: [join(here, "node_modules"), join(here, "scss")],
    quietDeps: true,
  });
  writeFileSync(join(target, "mc.css"), css + "\n");
  return css.length;
}

function copyFonts() {
  const fonts = join(target, "fonts");
  rmSync(fonts, { recursive: true, force: true });
  mkdirSync(fonts, { recursive: true });
  for (const [family, cuts] of Object.entries(faces)) {
    const source = join(here, "node_modules", "@fontsource", family);
    for (const cut of cuts)
      for (const subset of ["latin", "latin-ext"])
        copyFileSync(
          join(source, "files", `${family}-${subset}-${cut}.woff2`),
          join(fonts, `${family}-${subset}-${cut}.woff2`),
        );
    copyFileSync(join(source, "LICENSE"), join(fonts, `${family}-OFL.txt`));
  }
}

mkdirSync(target, { recursive: true });
copyFonts();
console.log(`static/mc/mc.css: ${buildStyles()} bytes`);

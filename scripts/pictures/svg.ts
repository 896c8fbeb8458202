/**
 * What both pictures are made of. Colours follow the reader's setting, light or dark, and a screen reader hears the
 * title and the description.
 */

/** What a picture is, in words. */
export interface PictureText {
  readonly title: string;
  readonly description: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Colours by name, `light dark` each; they become CSS variables. */
export type Colours = Readonly<Record<string, readonly [light: string, dark: string]>>;

export const sansSerif = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";
export const monospace = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** A whole picture; `css` may name the colours as `var(--name)`. */
export function picture(
  { title, description }: PictureText,
  { width, height }: Size,
  { colours, css }: { readonly colours: Colours; readonly css: readonly string[] },
  shapes: readonly string[],
): string {
  const variables = (which: 0 | 1): string =>
    Object.entries(colours)
      .map(([name, colour]) => `--${name}: ${colour[which]};`)
      .join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    '<style>',
    `svg { ${variables(0)} }`,
    `@media (prefers-color-scheme: dark) { svg { ${variables(1)} } }`,
    ...css,
    '</style>',
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

/** Text as it may stand in XML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

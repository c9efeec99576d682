/**
 * What people are shown of what files and other programs say. No text may steer a terminal, turn a line round or fill a screen: control
 * characters and those that change the direction of writing become a mark, and what is too long is cut.
 */

/** An error's or a warning's sentence. */
const LONGEST_SENTENCE = 600;
/** The name of a file, a tensor or a model. */
const LONGEST_NAME = 80;
/** Longer than a path is, or a checksum. */
const LONGEST_WORD = 200;

const MARK = '\ufffd';
const LINE_ENDS = /[\n\r\t\v\f\u2028\u2029]+/g;
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** On several lines, such as a report; line ends and tabs stay. */
export function plainText(text: string): string {
  return text.replace(CONTROLS, (one) => (one === '\n' || one === '\t' ? one : MARK));
}

/** On one line. */
export function plainLine(text: string): string {
  return text.replace(LINE_ENDS, ' ').replace(CONTROLS, MARK);
}

/** A name on a screen: both its ends, which tell what it is. */
export function shortName(name: string, longest = LONGEST_NAME): string {
  const line = plainLine(name);
  if (line.length <= longest) return line;
  const end = Math.floor((longest - 1) / 2);
  return `${whole(line.slice(0, longest - 1 - end))}…${whole(line.slice(-end))}`;
}

/** A sentence on a screen: long names in it, then itself. */
export function shortSentence(sentence: string): string {
  const line = plainLine(sentence)
    .replace(/"[^"]{82,}"/g, (quoted) => `"${shortName(quoted.slice(1, -1))}"`)
    .replace(/\S{201,}/g, (word) => shortName(word, LONGEST_WORD));
  return line.length <= LONGEST_SENTENCE ? line : `${whole(line.slice(0, LONGEST_SENTENCE - 1))}…`;
}

/** JSON with every such character as an escape, which means the same. */
export function plainJson(json: string): string {
  return json.replace(CONTROLS, (one) =>
    one === '\n' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Without the half of a letter that a cut has left at an end. */
const whole = (part: string): string => part.replace(/[\ud800-\udbff]$|^[\udc00-\udfff]/, '');

/** "a denoising U-Net", "an encoder": by the first letter, which the names of networks and methods are told by. */
export const withArticle = (noun: string): string => `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;

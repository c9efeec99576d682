/**
 * Code that comes when it is first needed, which it may not: without a connection, or where the server has another version by now.
 * @param subject what needs it, as its sentence begins
 * @throws Error with the sentence
 */
export async function lateCode<T>(subject: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    throw new Error(
      `${subject}: a part of the program must be loaded for this, got none (no connection, or another version is there by now); reload the page`,
    );
  }
}

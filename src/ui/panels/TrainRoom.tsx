/** Says honestly that there is nothing to press here yet. */
export function TrainRoom() {
  return (
    <main className="prose-room">
      <h1>Train</h1>
      <p>
        Training in the browser comes with a later version. It will learn a translation from two folders of
        scans on this machine, with live curves and previews, and hand the weights to the Translate room.
      </p>
      <p>
        Until then weights trained elsewhere work here: drop the authors' <code>.pth</code> or a{' '}
        <code>.safetensors</code> file in <a href="#/models">Models</a>.
      </p>
    </main>
  );
}

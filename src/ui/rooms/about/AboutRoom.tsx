import { KeyTable } from '../../shell/KeyTable';
import { useApp } from '../../state/StoreContext';
import { StepStrip } from '../../viewer/StepStrip';
import { chosenCard, currentResults } from '../translate/state/selectors';
import { ReverseChain } from './ReverseChain';
import './about.css';

/** The method in pictures, limits, licences, privacy, keys. */
export function AboutRoom() {
  const results = useApp(currentResults);
  // What is made in one pass has no steps to show.
  const hasSteps = useApp((s) => chosenCard(s)?.diffusion.steps !== 1);
  const example = results && hasSteps ? [...results.made.slices.values()][0] : null;
  return (
    <main className="prose-room">
      <h1>How a contrast is made that was not scanned</h1>
      <p>
        <strong>Research only, not for clinical use; nothing is uploaded.</strong> A synthetic image can
        invent or lose a lesion. Never read it as a scan.
      </p>
      <h2>Four large steps from noise to image</h2>
      <p>
        Diffusion models usually take hundreds of small steps. SynDiff takes four large ones: at each, a
        generator looks at the noisy image and at the acquired scan, guesses the clean image, and the next,
        less noisy image is drawn from that guess. In the paper's training a discriminator teaches the
        generator that guesses over such large steps must look real; the models that come with this page were
        trained without one, and their images are smoother for it.
      </p>
      <ReverseChain />
      {example ? (
        <>
          <p>
            The same on slice {example.index} of the scan that is open: noise, then the guess of each step.
          </p>
          <div className="about-strip">
            <StepStrip
              label={`Reverse steps of slice ${example.index}`}
              frames={example.strip.frames}
              labels={example.strip.labels}
              selected={null}
              onSelect={() => {
                window.location.hash = '#/translate';
              }}
            />
          </div>
        </>
      ) : (
        <p className="dim">
          Translate a slice by SynDiff, and its own steps are shown here.{' '}
          <a href="#/translate">Go to Translate</a>
        </p>
      )}
      <p>
        Özbey, Dalmaz, Dar, Bedel, Özturk, Güngör, Çukur: Unsupervised Medical Image Translation with
        Adversarial Diffusion Models. IEEE Transactions on Medical Imaging, 2023 (arXiv 2207.08208). This is
        an independent implementation from the paper, checked against numbers of the authors' public code.
      </p>
      <h2>Reading the screen</h2>
      <ul>
        <li>
          Slices and voxels are counted from 0. Images are shown in RAS+: L and R are the patient's sides.
        </li>
        <li>
          With a reference there are four panes: the source, the synthetic image, their real counterpart, and
          the difference synthetic − reference, orange where the synthetic image is too bright and blue where
          it is too dark. The panes share one window in normalised intensity: 1 is the value that the model
          takes as the upper end of the contrast. Values under the pointer, at the right, are in the scan's
          own units.
        </li>
        <li>
          The ribbon under the panes has one cell a slice: blue at work, grey translated, and with a reference
          green, the higher and brighter the higher the SSIM on the head.
        </li>
        <li>
          Scores compare synthetic and reference in normalised intensity, on the whole slice and on the head
          only: the empty background raises both PSNR and SSIM. "Source copied" is what no translation at all
          would score.
        </li>
        <li>Spread is the standard deviation over samples. Variability is not calibrated error.</li>
      </ul>
      <h2>Limits</h2>
      <ul>
        <li>
          A model knows the contrasts, ages, scanners and diseases of its training data, and nothing else.
        </li>
        <li>Slices are translated one by one, so thin steps between slices can remain.</li>
        <li>Each model's own limits and held-out figures stand on its card in Models.</li>
      </ul>
      <h2>Speed</h2>
      <p>
        How long a slice takes depends on the machine: <a href="#/bench">Bench</a> measures this one, by our
        kernels and by plain TensorFlow.js, and tells where the time goes.
      </p>
      <h2>Privacy</h2>
      <p>
        Scans and weights are read in this page, translated on this machine, and leave it only when you save
        them. So that a reload loses nothing, copies of what is open in this tab, and of what was made of it,
        lie in this browser's private storage: what you remove goes at once, the rest when this page is next
        opened after the tab was closed. On a shared machine remove the scans before you close the tab.
        Training runs stay there until you delete them. The page talks to no other server; its
        Content-Security-Policy forbids it to.
      </p>
      <h2>Licences</h2>
      <p>The program: MIT. Weights: as each model's card says. The scans that come with the page:</p>
      <ul>
        <li>
          The patients with multiple sclerosis: a visit of each in the longitudinal set of open_ms_data,
          Laboratory of Imaging Technologies, University of Ljubljana; CC BY. Lesjak, Galimzianova, Koren,
          Lukin, Pernuš, Likar, Špiclin: A novel public MR image dataset of multiple sclerosis patients with
          lesion segmentations based on multi-rater consensus. Neuroinformatics 16(1):51–63, 2018 (online
          2017).
        </li>
        <li>
          The head without reference: Colin 27 as distributed with MRIcron, BSD-3-clause (
          <a href="demo/LICENSE.txt">text</a>). Holmes, Hoge, Collins, Woods, Toga, Evans: Enhancement of MR
          images using registration for signal averaging. J Comput Assist Tomogr 22(2):324–333, 1998.
        </li>
      </ul>
      <h2>Keys</h2>
      <KeyTable />
    </main>
  );
}

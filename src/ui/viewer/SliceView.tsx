import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { ColorScale } from './ColorScale';
import { Crosshair } from './Crosshair';
import { createSliceElement, type SliceElement } from './cornerstoneSlice';
import { bindGestures, type Effect, type View } from './gestures';
import { commandOf, effectOf } from './keys';
import { centreOf, pixelAt, place, type Size } from './placement';
import { narrowestWindow } from './quantise';
import { probeText, viewText } from './readout';
import type { Probe, SliceViewProps } from './types';
import './viewer.css';

/** One image pane: draws, takes gestures and keys (VIEWER_KEYS), and tells its owner what they ask for. */
export function SliceView(props: SliceViewProps) {
  const { label, image, empty, window, transform, colormap = 'gray', title, badge, edges } = props;
  const { probe } = props;
  const host = useRef<HTMLDivElement>(null);
  const element = useRef<SliceElement | null>(null);
  const [pane, setPane] = useState<Size>({ width: 0, height: 0 });

  // What gestures start from. Several events may come before the owner renders again, so effects are noted here at once.
  const latest = useRef({ props, pane });
  latest.current = { props, pane };

  const currentView = (): View | null => {
    const { props, pane } = latest.current;
    if (!props.image || pane.width === 0 || pane.height === 0) return null;
    return { window: props.window, transform: props.transform, image: props.image, pane };
  };

  const apply = (effect: Effect): void => {
    const { props, pane } = latest.current;
    if (effect.kind === 'window') {
      // Narrower ones would look the same: a drag back should show at once.
      const narrowest = props.image ? narrowestWindow(props.image) : 0;
      const window = { ...effect.window, width: Math.max(narrowest, effect.window.width) };
      latest.current = { pane, props: { ...props, window } };
      props.onWindow(window);
    } else if (effect.kind === 'transform') {
      latest.current = { pane, props: { ...props, transform: effect.transform } };
      props.onTransform(effect.transform);
    } else if (props.image) {
      const next = pixelAt(props.image, place(props.image, pane, props.transform), effect.at);
      if (!sameProbe(next, props.probe)) props.onProbe(next);
    }
  };

  // Bound once; handlers read what is current from `latest`
  useLayoutEffect(() => {
    if (!host.current) return;
    const created = createSliceElement(host.current, setPane);
    element.current = created;
    const unbind = bindGestures(host.current, {
      view: currentView,
      onEffect: apply,
      onLeave: () => latest.current.props.onProbe(null),
      onSliceStep: (delta) => latest.current.props.onSliceStep(delta),
      onReset: () => latest.current.props.onReset(),
    });
    return () => {
      unbind();
      created.dispose();
      element.current = null;
    };
  }, []);

  useEffect(() => {
    if (image) element.current?.show({ image, window, transform, colormap });
  }, [image, window, transform, colormap]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const command = commandOf(event);
    const view = currentView();
    if (!command || !view) return;
    event.preventDefault();
    if (command.kind === 'slice') props.onSliceStep(command.delta);
    else if (command.kind === 'reset') props.onReset();
    else apply(effectOf(command, view));
  };

  const seen =
    image && probe && probe.i < image.width && probe.j < image.height && pane.width > 0 ? probe : null;
  return (
    // An application: screen readers hand the arrow keys through.
    <section
      className="slice-view"
      role="application"
      aria-roledescription="image pane"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the pane takes keys
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="slice-view-image" ref={host} />
      {image && seen && <Crosshair at={centreOf(image, place(image, pane, transform), seen)} pane={pane} />}
      {image ? (
        <div className="slice-view-texts" aria-hidden="true">
          {(['left', 'right', 'top', 'bottom'] as const).map((side) => (
            <span key={side} className="slice-view-edge" data-edge={side}>
              {edges[side]}
            </span>
          ))}
          <span className="slice-view-readout" data-side="left" hidden={!seen}>
            {probeText(image, probe)}
          </span>
          <span className="slice-view-readout" data-side="right">
            {colormap === 'gray' ? (
              viewText(window, transform)
            ) : (
              <ColorScale colormap={colormap} window={window} />
            )}
          </span>
        </div>
      ) : (
        <p className="slice-view-empty">{empty}</p>
      )}
      <div className="slice-view-head">
        <span className="slice-view-title">{title}</span>
        {badge && <span className="slice-view-badge">{badge}</span>}
      </div>
    </section>
  );
}

function sameProbe(a: Probe, b: Probe): boolean {
  return a === b || (a !== null && b !== null && a.i === b.i && a.j === b.j);
}

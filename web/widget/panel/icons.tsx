// The panel's few icons, as nodes. Decoration only: whatever they stand for is said in words beside them or in a label.

import type { VNode } from "preact";

function Icon({ path }: { path: string }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const DownIcon = () => <Icon path="m6 9.5 6 6 6-6" />;
export const SendIcon = () => <Icon path="M12 19V5m0 0-6 6m6-6 6 6" />;
export const EndIcon = () => <Icon path="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4 9.3 2.8 2.7L16 9.5" />;

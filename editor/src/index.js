import { mount } from './mount.js';

window.TongxinEditor = { mount };

export { mount };

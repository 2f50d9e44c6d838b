// Moments as the institution's clock shows them, wherever the browser is.
const timeZone = document.documentElement.dataset.zone || undefined;

export const moment = (iso) => new Date(iso).toLocaleString('zh-CN', { dateStyle: 'medium', timeStyle: 'short', timeZone });

export const clockTime = (iso) => new Date(iso).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone });

// The page of an article's comments: the words lead to where the text can be read.
import { watch } from './comments.js';

const root = document.querySelector('[data-comments-page]');
watch(root, {
  onGo: (id) => window.location.assign(`${window.location.pathname.replace(/comments$/, 'review')}#comment-${id}`),
});

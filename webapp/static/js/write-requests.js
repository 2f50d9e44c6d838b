// How the writing page speaks with the server.
import { csrfToken } from './desk.js';

export class Refused extends Error {
  constructor(problem, status) {
    super(problem.message ?? problem.title ?? '服务器没有收下，稿子还在这里；请再试一次。');
    this.code = problem.code;
    this.problem = problem;
    this.status = status;
  }
}

/** The answer's JSON; throws Refused, whose message is for people. */
export async function sendJson(method, url, body) {
  let response;
  try {
    response = await fetch(url, {
      method,
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrfToken() },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refused({ message: '连不上服务器，没有做成；稿子还在这里，连上再试。' }, 0);
  }
  if (response.redirected) throw new Refused({ message: '登录已过期；请另开一页登录，再回来做一次。' }, 401);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer, response.status);
  return answer;
}

/** Uploads a picture; `onProgress` gets 0..1. Rejects with a sentence. */
export function uploadPicture(file, { onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append('file', file, file.name || '粘贴的图片.png');
    request.open('POST', '/media/upload');
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', csrfToken());
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress?.(event.loaded / event.total);
    request.onerror = () => reject(new Error('连不上服务器。'));
    request.onload = () => {
      const answer = request.response ?? {};
      if (request.status < 300 && answer.id) resolve({ ...answer, url: `/media/${answer.id}/preview` });
      else reject(new Error(answer.errors?.[0]?.message ?? answer.title ?? '服务器没有收下这张图片。'));
    };
    request.send(body);
  });
}

// Scores the proxy's cache by the public HTTP cache tests (https://cache-tests.fyi):
//   node test/cache/score.mjs SKYPOD CHECKOUT [RECORDED] [ID]
// CHECKOUT is a checkout of that project with its packages installed; RECORDED a folder with other caches' results,
// which are printed beside ours; ID runs one test only and shows what was exchanged. Everything runs on this machine:
// the project's origin server, the real program, and a thin adapter that turns /test/… into /api/raw?url=….
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [skypod, checkout, recorded, id = ''] = process.argv.slice(2)
if (!checkout) {
  console.error('usage: score.mjs SKYPOD CHECKOUT [RECORDED] [ID]')
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'skypod-cache-'))
const children = []

/** Starts a program and gives what it prints. */
function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options })
  children.push(child)
  return child
}

/** The first line that a program prints. */
function firstLine(child) {
  return new Promise((done, fail) => {
    let text = ''
    child.stdout.on('data', piece => {
      text += piece
      if (text.includes('\n')) done(text.split('\n')[0])
    })
    child.on('exit', code => fail(new Error(`ended with ${code}: ${text}`)))
  })
}

function freePort() {
  return new Promise(done => {
    const server = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

/** Passes a request on unchanged, except for where it goes. */
function adapter(origin, proxy) {
  return http.createServer((request, response) => {
    const isTest = request.url.startsWith('/test/')
    const path = isTest ? `/api/raw?url=${encodeURIComponent(`${origin}${request.url}`)}` : request.url
    const to = new URL(isTest ? proxy : origin)
    const passed = http.request(
      { host: to.hostname, port: to.port, method: request.method, path, headers: request.rawHeaders })
    passed.on('information', info => info.statusCode === 103 && response.writeEarlyHints(info.headers))
    passed.on('response', answer => {
      response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
}

function runTests(base) {
  return new Promise((done, fail) => {
    const environment = { ...process.env, npm_config_base: base, npm_config_id: id, npm_package_config_id: '' }
    const child = start(process.execPath, ['--no-warnings', 'test-engine/cli.mjs'],
      { cwd: checkout, env: environment })
    let text = ''
    child.stdout.on('data', piece => { text += piece })
    child.on('exit', code => code === 0 ? done(text) : fail(new Error(`the tests ended with ${code}`)))
  })
}

/** Counts what passed of each kind, as the published figures do. */
function score(suites, results) {
  const passed = { required: 0, optimal: 0 }
  const all = { required: 0, optimal: 0 }
  const failed = []
  for (const suite of suites) {
    for (const test of suite.tests) {
      const kind = test.kind ?? 'required'
      if (test.browser_only || kind === 'check') continue
      ++all[kind]
      if (results[test.id] === true) ++passed[kind]
      else failed.push(`${kind} ${test.id}: ${JSON.stringify(results[test.id])}`)
    }
  }
  return { passed, all, failed }
}

function print(name, { passed, all }) {
  const of = kind => `${kind} ${passed[kind]}/${all[kind]}`
  console.log(`${name.padEnd(32)} ${of('required')}  ${of('optimal')}`)
}

try {
  const originPort = await freePort()
  const origin = `http://127.0.0.1:${originPort}`
  const serving = start(process.execPath, ['test-engine/server/server.mjs'],
    { cwd: checkout, env: { ...process.env, npm_config_port: String(originPort), npm_config_protocol: 'http',
      npm_config_pidfile: join(folder, 'pid') } })
  await firstLine(serving)
  const program = start(resolve(skypod), ['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'),
    '--allow-fetch', '127.0.0.0/8', '--open-proxy'])
  const proxy = (await firstLine(program)).replace('listening on ', '')
  const server = adapter(origin, proxy)
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  const output = await runTests(`http://127.0.0.1:${server.address().port}`)
  server.close()
  if (id) {
    console.log(output)
  } else {
    const { default: suites } = await import(pathToFileURL(resolve(checkout, 'tests/index.mjs')).href)
    const ours = score(suites, JSON.parse(output))
    console.log(ours.failed.join('\n'))
    for (const file of recorded ? readdirSync(recorded) : []) {
      print(basename(file, '.json'), score(suites, JSON.parse(readFileSync(join(recorded, file), 'utf8'))))
    }
    print('skypod', ours)
  }
} finally {
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

import Functional
import Glibc
import Workload

/// Runs and measures the functional model by hand; `functional` alone lists what it can do.
let arguments = Array(CommandLine.arguments.dropFirst())

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

switch arguments.first {
case "perplexity":
    let result = try Perplexity.measure(
        folder: arguments[1], file: arguments[2], limit: arguments.count > 3 ? Int(arguments[3]) : nil)
    print("bits per byte", result.bitsPerByte, "windows", result.windows, "bytes", result.predictedBytes)
case "facts": try Facts(folder: arguments[1], text: arguments[2]).print()
case "text":
    var run = try TraceRun(folder: arguments[1])
    run.options.sampler = Sampler(temperature: 0.7, seed: 1)
    let tokens = try run.run([try run.request(id: 0, text: arguments[2], newTokens: 240)], to: "/dev/null")
    print(String(decoding: run.tokenizer.decode(tokens[0]), as: UTF8.self))
case "tokenize":
    let start = seconds()
    let tokenizer = try BytePairTokenizer(file: arguments[1])
    let loaded = seconds()
    let text = try MappedFile.contents(of: arguments[2], limit: 1 << 30)
    let tokens = try tokenizer.encode(text, addingSpecialTokens: false)
    print("read in", loaded - start, "s; ", text.count, "bytes to", tokens.count, "tokens in", seconds() - loaded, "s")
case "speed": try Speed().print()
case "trace": try TraceSpeed().print()
default:
    print(
        """
        functional perplexity FOLDER FILE [BYTES]   bits per byte
        functional facts FOLDER TEXT                the statistics of a model's facts, measured anew
        functional text FOLDER PROMPT               240 tokens at temperature 0.7
        functional tokenize TOKENIZER FILE          seconds to read tokenizer.json, and to encode a file
        functional speed                            prefill against sgemm, decode against reading the weights
        functional trace                            operators per second written and read
        """)
}

import Functional
import Glibc

/// Measures the functional model: `functional perplexity FOLDER FILE [BYTES]`.
let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "perplexity":
    let result = try Perplexity.measure(
        folder: arguments[2], file: arguments[3], limit: arguments.count > 4 ? Int(arguments[4]) : nil)
    print("bits per byte", result.bitsPerByte, "windows", result.windows, "bytes", result.predictedBytes)
default: print("usage: functional perplexity FOLDER FILE [BYTES]")
}

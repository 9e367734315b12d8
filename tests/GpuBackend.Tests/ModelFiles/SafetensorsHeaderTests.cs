using System.Text;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tests.ModelFiles;

/// <summary>Headers that break a rule of the format: each is refused with the file and, where there is one, the tensor named.</summary>
public sealed class SafetensorsHeaderTests
{
    private const int DataBytes = 8;

    private static IEnumerable<TestCaseData> Broken()
    {
        yield return Of("an offset behind the file", Tensor("F32", "2", "4, 12"), "\"a\"", "ends at byte 12");
        yield return Of("a begin behind the end", Tensor("F32", "2", "8, 0"), "\"a\"", "[8, 0]");
        yield return Of("a hole at the start", Tensor("F32", "1", "4, 8"), "\"a\"", "belong to nothing");
        yield return Of("a hole at the end", Tensor("F32", "1", "0, 4"), "end at byte 4");
        yield return Of("an overlap", $"{{{Entry("a", "F32", "2", "0, 8")}, {Entry("b", "F32", "1", "4, 8")}}}", "\"b\"", "inside the tensor");
        yield return Of("two tensors in one place", $"{{{Entry("a", "F32", "2", "0, 8")}, {Entry("b", "F32", "2", "0, 8")}}}", "inside the tensor");
        yield return Of("a tensor listed twice", $"{{{Entry("a", "F32", "1", "0, 4")}, {Entry("a", "F32", "1", "4, 8")}}}", "\"a\"", "twice");
        yield return Of("a tensor listed twice, once with an escape", $"{{{Entry("a", "F32", "1", "0, 4")}, {Entry("\\u0061", "F32", "1", "4, 8")}}}", "\"a\"", "twice");
        yield return Of("a key twice", """{"a": {"dtype": "F32", "dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", "\"a\"", "dtype");
        yield return Of("an unknown key", """{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], "strides": [1]}}""", "\"a\"", "strides");
        yield return Of("a missing key", """{"a": {"dtype": "F32", "data_offsets": [0, 8]}}""", "\"a\"", "lacks");
        yield return Of("one offset", Tensor("F32", "2", "0"), "\"a\"", "lacks");
        yield return Of("three offsets", Tensor("F32", "2", "0, 4, 8"), "\"a\"", "more than 2");
        yield return Of("an unknown type", Tensor("F8_E4M3", "8", "0, 8"), "\"a\"", "F8_E4M3");
        yield return Of("a type that is no text", """{"a": {"dtype": 32, "shape": [2], "data_offsets": [0, 8]}}""", "\"a\"", "dtype");
        yield return Of("too many bytes for the type", Tensor("F64", "2", "0, 8"), "\"a\"", "16 bytes");
        yield return Of("too few bytes for the type", Tensor("F16", "2", "0, 8"), "\"a\"", "4 bytes");
        yield return Of("a shape that overflows", Tensor("F32", "4294967296, 4294967296", "0, 8"), "\"a\"", "overflows");
        yield return Of("a shape that wraps to the right size", Tensor("U8", "4294967297, 4294967296, 4294967296", "0, 8"), "\"a\"", "overflows");
        yield return Of("an empty shape that overflows before its zero", Tensor("F32", "4294967296, 4294967296, 0", "0, 0"), "\"a\"", "overflows");
        yield return Of("an empty shape that overflows after its zero", Tensor("F32", "0, 4294967296, 4294967296", "0, 0"), "\"a\"", "overflows");
        yield return Of("a negative size", Tensor("F32", "-2", "0, 8"), "\"a\"", "whole number");
        yield return Of("a fraction", Tensor("F32", "2.0", "0, 8"), "\"a\"", "whole number");
        yield return Of("an exponent", Tensor("F32", "2e0", "0, 8"), "\"a\"", "whole number");
        yield return Of("a number behind any float", Tensor("F32", "1e400", "0, 8"), "\"a\"", "whole number");
        yield return Of("a number behind int64", Tensor("F32", "9223372036854775808", "0, 8"), "\"a\"", "whole number");
        yield return Of("not a number", Tensor("F32", "NaN", "0, 8"), "JSON");
        yield return Of("infinity", Tensor("F32", "2", "0, Infinity"), "JSON");
        yield return Of("a text in a shape", Tensor("F32", "\"2\"", "0, 8"), "\"a\"", "whole number");
        yield return Of("a list in a shape", Tensor("F32", "[2]", "0, 8"), "\"a\"", "whole number");
        yield return Of("65 dimensions", Tensor("U8", string.Join(", ", Enumerable.Repeat("1", 64)) + ", 8", "0, 8"), "\"a\"", "more than 64");
        yield return Of("a list for a tensor", """{"a": []}""", "\"a\"", "object");
        yield return Of("deep nesting", "{\"a\": " + new string('[', 10_000) + new string(']', 10_000) + "}", "\"a\"", "object");
        yield return Of("deep nesting in a shape", "{\"a\": {\"shape\": " + new string('[', 10_000) + "}}", "whole number");
        yield return Of("deep nesting in metadata", "{\"__metadata__\": {\"x\": " + string.Concat(Enumerable.Repeat("{\"y\": ", 10_000)) + "}}", "__metadata__");
        yield return Of("metadata that is no object", """{"__metadata__": "pt"}""", "__metadata__");
        yield return Of("metadata with a number", """{"__metadata__": {"step": 3}}""", "__metadata__", "step");
        yield return Of("metadata with a key twice", """{"__metadata__": {"x": "1", "x": "2"}}""", "__metadata__", "twice");
        yield return Of("metadata twice", """{"__metadata__": {"x": "1"}, "__metadata__": {"y": "2"}}""", "__metadata__", "twice");
        yield return Of("half a surrogate pair in a name", """{"\ud800": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", "JSON");
        yield return Of("half a surrogate pair in metadata", """{"__metadata__": {"x": "\udc00"}}""", "JSON");
        yield return Of("a byte order mark", "\uFEFF" + Tensor("F32", "2", "0, 8"), "'{'");
        yield return Of("a space before the object", " " + Tensor("F32", "2", "0, 8"), "'{'");
        yield return Of("a list", "[]", "'{'");
        yield return Of("no header", string.Empty, "'{'");
        yield return Of("letters after the object", Tensor("F32", "2", "0, 8") + "x", "JSON");
        yield return Of("a second object", Tensor("F32", "2", "0, 8") + "{}", "JSON");
        yield return Of("zeros after the object", Tensor("F32", "2", "0, 8") + "\0\0", "JSON");
        yield return Of("a comment", "{/* */}", "JSON");
        yield return Of("a trailing comma", """{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},}""", "JSON");
        yield return Of("an object that never ends", """{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}""", "JSON");
        yield return Of("no tensors for eight bytes", "{}", "end at byte 0");
    }

    [TestCaseSource(nameof(Broken))]
    public void Parse_refuses(string header, string[] parts)
    {
        var fault = Assert.Throws<ModelFileException>(() => Parse(Encoding.UTF8.GetBytes(header)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault!.Message, Does.StartWith("broken.safetensors"));
            Assert.That(fault.Message, Has.Length.LessThan(1000));
            foreach (var part in parts)
            {
                Assert.That(fault.Message, Does.Contain(part));
            }
        }
    }

    [Test]
    public void Parse_refuses_bytes_that_are_not_utf8()
    {
        var header = Encoding.UTF8.GetBytes(Tensor("F32", "2", "0, 8"));
        header[2] = 0xff;
        Assert.That(() => Parse(header), Throws.TypeOf<ModelFileException>().With.Message.Contains("JSON"));
    }

    [Test]
    public void Names_in_messages_are_short_and_on_one_line()
    {
        var fault = Assert.Throws<ModelFileException>(() => Parse(Encoding.UTF8.GetBytes("{\"" + new string('x', 100_000) + "\\n\": 1}")));
        var lines = Assert.Throws<ModelFileException>(() => Parse("{\"a\\nb\": 1}"u8.ToArray()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault!.Message, Has.Length.LessThan(1000));
            Assert.That(lines!.Message, Does.Contain("\"a b\"").And.Not.Contain("\n"));
        }
    }

    [Test]
    public void Parse_takes_spaces_at_the_end_and_any_order()
    {
        var header = Parse(Encoding.UTF8.GetBytes($"{{{Entry("late", "I32", "1", "4, 8")}, {Entry("empty", "F32", "3, 0", "4, 4")}, {Entry("early", "F32", "", "0, 4")}}}  \n "));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(header.Tensors.Keys, Is.EquivalentTo(["late", "empty", "early"]));
            Assert.That(header.Tensors["early"].Shape, Is.Empty);
            Assert.That(header.Tensors["early"].Count, Is.EqualTo(1));
            Assert.That(header.Tensors["empty"].Count, Is.Zero);
        }
    }

    private static SafetensorsHeader Parse(byte[] header) => SafetensorsHeader.Parse("broken.safetensors", header, DataBytes);

    private static TestCaseData Of(string what, string header, params string[] parts) => new TestCaseData(header, parts).SetArgDisplayNames(what);

    private static string Tensor(string type, string shape, string offsets) => $"{{{Entry("a", type, shape, offsets)}}}";

    private static string Entry(string name, string type, string shape, string offsets) =>
        $$"""
        "{{name}}": {"dtype": "{{type}}", "shape": [{{shape}}], "data_offsets": [{{offsets}}]}
        """;
}

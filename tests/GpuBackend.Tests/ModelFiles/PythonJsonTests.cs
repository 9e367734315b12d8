using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tests.ModelFiles;

public sealed class PythonJsonTests
{
    [TestCase("""{ "a": -Infinity }""", "-Infinity")]
    [TestCase("""{"a":Infinity}""", "Infinity")]
    [TestCase("""{ "a": NaN }""", "NaN")]
    [TestCase("""{ "a": 1.5 }""", "1.5")]
    [TestCase("""{ "a": "an \"Infinity\", and -Infinity" }""", "an \"Infinity\", and -Infinity")]
    [TestCase("""{ "Infinity": "\\", "a": -Infinity }""", "-Infinity")]
    public void Infinities_outside_of_strings_become_strings(string json, string expected) =>
        Assert.That(PythonJson.Parse("test.json", json).GetProperty("a").ToString(), Is.EqualTo(expected));

    [TestCase("""{ "a": Infinite }""")]
    [TestCase("""{ "a": "unfinished }""")]
    public void Text_that_is_no_json_is_refused_with_its_name(string json) =>
        Assert.That(() => PythonJson.Parse("test.json", json), Throws.InstanceOf<ModelFileException>().With.Message.Contains("test.json"));
}

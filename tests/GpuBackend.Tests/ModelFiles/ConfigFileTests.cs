using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tests.ModelFiles;

public sealed class ConfigFileTests
{
    [TestCase("", "JSON")]
    [TestCase("[]", "Array")]
    [TestCase("{", "JSON")]
    [TestCase("""{ "a": 1, "a": 2 }""", "'a'")]
    [TestCase("""{ "a": { "b": 1, "b": 2 } }""", "'b'")]
    [TestCase("""{ "a": ["\ud800"] }""", "JSON")]
    [TestCase("""{ "a": { "\udc00": 1 } }""", "JSON")]
    [TestCase("""{ "a": 1 } x""", "JSON")]
    public void Parse_refuses_what_is_not_one_sound_object(string json, string part) =>
        Assert.That(() => ConfigFile.Parse("config.json", json), Throws.TypeOf<ModelFileException>().With.Message.Contains(part).And.Message.Contains("config.json"));

    [Test]
    public void Parse_refuses_deep_nesting() =>
        Assert.That(() => ConfigFile.Parse("config.json", "{\"a\":" + new string('[', 100_000)), Throws.TypeOf<ModelFileException>());

    [Test]
    public void Infinities_of_python_are_texts_and_other_texts_stay()
    {
        var config = ConfigFile.Parse("config.json", """{ "a": -Infinity, "b": [Infinity, NaN], "c": "-Infinity \" NaN \\", "Infinity": 1, "d": true }""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Find("a")!.Value.GetString(), Is.EqualTo("-Infinity"));
            Assert.That(config.Texts("b"), Is.EqualTo(["Infinity", "NaN"]));
            Assert.That(config.Find("c")!.Value.GetString(), Is.EqualTo("-Infinity \" NaN \\"));
            Assert.That((config.Whole("Infinity"), config.Flag("d", false)), Is.EqualTo((1, true)));
        }
    }

    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("1e400")]
    [TestCase("\"1\"")]
    public void A_number_that_is_none_is_a_fault(string number)
    {
        var config = ConfigFile.Parse("config.json", $$"""{ "a": {{number}}, "b": {{number}} }""");
        config.Number("a");
        config.Whole("b");
        Assert.That(config.ThrowIfFaulty, Throws.TypeOf<ModelFileException>().With.Message.Contains("\"a\" is").And.Message.Contains("\"b\" is").And.Message.Contains("2 faults"));
    }

    [Test]
    public void Text_that_never_closes_is_refused_quickly() =>
        Assert.That(() => ConfigFile.Parse("config.json", "{\"NaN" + string.Concat(Enumerable.Repeat("\\\"", 2_000_000))), Throws.TypeOf<ModelFileException>());

    [Test]
    public void A_missing_file_is_named() =>
        Assert.That(() => ConfigFile.Open("no-such.json"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("no-such.json"));
}

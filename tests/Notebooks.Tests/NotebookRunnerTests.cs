using System.Text.Json;

namespace SimServe.Notebooks.Tests;

public sealed class NotebookRunnerTests
{
    private const string References = """#r "../src/Policies/bin/Release/net10.0/SimServe.Policies.dll" """;

    private static string Folder => Path.Combine(Repository.Root, "notebooks");

    [Test]
    public async Task Cells_see_the_variables_of_earlier_ones_and_their_console_is_captured()
    {
        var texts = await Run(References, "var due = SimServe.Policies.Instant.Start;", "Console.WriteLine(due);", "due");
        Assert.That(texts, Is.EqualTo(new[] { "", "", "0.000 s\n", "" }));
    }

    [Test]
    public void A_cell_that_throws_is_named_with_its_error() =>
        Assert.That(
            () => Run(References, "var x = 1;", "throw new FormatException($\"no {x}\");"),
            Throws.TypeOf<CellFailedException>().With.Message.Contains("Code cell 3 failed: FormatException: no 1"));

    [Test]
    public void A_cell_that_does_not_compile_is_named_with_its_error() =>
        Assert.That(
            () => Run(References, "var x = unknown;"),
            Throws.TypeOf<CellFailedException>().With.Message.Contains("Code cell 2").And.Message.Contains("CS0103"));

    [Test]
    public void A_reference_outside_the_repository_s_projects_is_refused() =>
        Assert.That(
            () => Run("""#r "../nowhere/bin/Release/net10.0/SimServe.Policies.dll" """),
            Throws.InvalidOperationException.With.Message.Contains("relative to the notebook"));

    [TestCase("#r \"../src/Simulator/bin/Release/net10.0/SimServe.Simulator.dll\"", true)]
    [TestCase("#r \"nuget: Some.Package\"", false)]
    [TestCase("#r \"nuget: Some.Package, 1.0.0\"", false)]
    [TestCase("using System;", false)]
    public void Only_a_path_to_an_assembly_is_a_reference(string line, bool expected) =>
        Assert.That(ReferenceLine.Is(line), Is.EqualTo(expected));

    private static Task<string[]> Run(params string[] cells) => NotebookRunner.Run(
        new Notebook(JsonSerializer.Serialize(new
        {
            cells = cells.Select(static source => new { cell_type = "code", source, outputs = Array.Empty<object>() }),
        })),
        Folder);
}

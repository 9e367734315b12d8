namespace SimServe.Notebooks.Tests;

/// <summary>Every committed notebook runs, and shows what it computes.</summary>
public sealed class NotebookTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static IEnumerable<TestCaseData> Notebooks() =>
        Repository.Notebooks().Select(static file => new TestCaseData(file).SetArgDisplayNames(Path.GetFileName(file)));

    [Test]
    public void There_are_notebooks() => Assert.That(Repository.Notebooks(), Is.Not.Empty);

    [TestCaseSource(nameof(Notebooks))]
    public async Task Every_cell_runs_and_writes_what_is_committed(string file)
    {
        var notebook = Notebook.Read(file);
        var texts = await NotebookRunner.Run(notebook, Path.GetDirectoryName(file)!).WaitAsync(Patience);

        using (Assert.EnterMultipleScope())
        {
            foreach (var cell in notebook.Code)
            {
                Assert.That(
                    texts[cell.Number - 1],
                    Is.EqualTo(cell.CommittedText),
                    $"code cell {cell.Number}; if the change is meant, run the explicit test {nameof(Commit_the_outputs_of_every_cell)} and read the text around it again");
            }
        }
    }

    [TestCaseSource(nameof(Notebooks))]
    public void First_code_cell_holds_exact_references_only_and_no_other_cell_holds_any(string file)
    {
        var code = Notebook.Read(file).Code;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code[0].Lines, Is.Not.Empty.And.All.Matches<string>(ReferenceLine.Is));
            Assert.That(code.Skip(1).SelectMany(static cell => cell.Lines), Has.None.StartsWith("#"));
        }
    }

    [TestCaseSource(nameof(Notebooks))]
    public void Outputs_are_committed_without_errors_and_small(string file)
    {
        var notebook = Notebook.Read(file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(notebook.Kernel, Is.EqualTo(".net-csharp"));
            Assert.That(notebook.Code.Sum(static cell => cell.Outputs.Count), Is.Positive, "run the notebook and commit its outputs");
            Assert.That(notebook.Code.SelectMany(static cell => cell.OutputsOf("error")), Is.Empty);
            Assert.That(new FileInfo(file).Length, Is.LessThan(64 * 1024), "bytes: outputs are text, not pictures");
        }
    }

    [TestCaseSource(nameof(Notebooks))]
    [Explicit("Writes the notebooks: run it on purpose, then look at the difference.")]
    public async Task Commit_the_outputs_of_every_cell(string file)
    {
        var notebook = Notebook.Read(file);
        var texts = await NotebookRunner.Run(notebook, Path.GetDirectoryName(file)!);
        foreach (var cell in notebook.Code)
        {
            cell.Commit(texts[cell.Number - 1]);
        }

        notebook.Write(file);
    }
}

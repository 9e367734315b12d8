using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace SimServe.Notebooks.Tests;

/// <summary>Executes a notebook's code cells in order, as a kernel would, and returns what each wrote to the console.</summary>
/// <remarks>Cells see the namespaces that the .NET Interactive kernel imports by itself, and no more.</remarks>
internal static class NotebookRunner
{
    private static readonly string[] KernelImports =
    [
        "System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Linq", "System.Threading.Tasks",
    ];

    public static async Task<string[]> Run(Notebook notebook, string folder)
    {
        var state = await CSharpScript.RunAsync("", OptionsFor(notebook, folder));
        var texts = new string[notebook.Code.Count];
        foreach (var cell in notebook.Code)
        {
            (state, texts[cell.Number - 1]) = await Run(cell, state);
        }

        return texts;
    }

    private static ScriptOptions OptionsFor(Notebook notebook, string folder)
    {
        var references = notebook.Code[0].Lines.Where(ReferenceLine.Is).Select(ReferenceLine.Parse).ToArray();
        foreach (var reference in references)
        {
            reference.ProjectFolder(folder);
        }

        return ScriptOptions.Default.WithImports(KernelImports).AddReferences(references.Select(static reference => reference.Load()));
    }

    // What must not stop the others is caught here: whatever a cell does is that cell's failure.
    private static async Task<(ScriptState<object> State, string Text)> Run(CodeCell cell, ScriptState<object> state)
    {
        var console = Console.Out;
        using var text = new StringWriter { NewLine = "\n" };
        Console.SetOut(text);
#pragma warning disable CA1031
        try
        {
            var source = string.Join('\n', cell.Source.Split('\n').Where(static line => !ReferenceLine.Is(line.Trim())));
            return (await state.ContinueWithAsync(source), text.ToString());
        }
        catch (Exception cause)
        {
            throw new CellFailedException(cell, cause);
        }
        finally
        {
            Console.SetOut(console);
        }
#pragma warning restore CA1031
    }
}

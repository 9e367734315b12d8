using System.Security.Cryptography;
using System.Text;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>The style sheet and the script, which lie in this assembly.</summary>
internal static class PageAssets
{
    private static readonly string[] ScriptParts =
        ["dom.js", "scales.js", "axes.js", "view.js", "series.js", "panels.js", "gantt.js", "frontier.js", "bars.js", "tables.js", "start.js"];

    public static readonly string Style = Read("report.css");

    public static readonly string Script = $"\n(() => {{\n'use strict';\n{string.Join('\n', ScriptParts.Select(Read))}}})();\n";

    /// <summary>What the page may do: run this script, use this style, and nothing else. No text can add to it, and nothing is fetched.</summary>
    public static readonly string Policy =
        $"default-src 'none'; script-src '{HashOf(Script)}'; style-src '{HashOf(Style)}'; base-uri 'none'; form-action 'none'";

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream($"SimServe.Report.{name}")
            ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Text.Json;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Every string of every expected.json, whole and at the fixed length that the file's key names, e.g. <c>ids_77</c>.</summary>
internal sealed class TokenizerRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["tokenizer"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        foreach (var file in Directory.GetFiles(run.Case.Folder, "expected.json", SearchOption.AllDirectories))
        {
            var folder = Path.GetDirectoryName(file)!;
            var tokenizer = TokenizerFactory.Open(folder);
            using var expected = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var text in expected.RootElement.EnumerateArray())
            {
                Compare(Path.GetFileName(folder), tokenizer, text, checks);
            }
        }
    }

    // Where the result depends on whether ftfy is installed, "ids" holds the variant without it, which is the one that is built here.
    private static void Compare(string folder, ITokenizer tokenizer, JsonElement expected, GoldenChecks checks)
    {
        var text = expected.GetProperty("text").GetString()!;
        var what = $"{folder}, '{(text.Length > 60 ? text[..60] : text)}'";
        checks.Equal(what, tokenizer.Ids(text), Numbers(expected.GetProperty("ids")));
        foreach (var ids in expected.EnumerateObject().Where(static entry => entry.Name.StartsWith("ids_", StringComparison.Ordinal)))
        {
            var want = Numbers(ids.Value);
            var got = tokenizer.Encode(text, want.Length);
            checks.Equal($"{what}, {ids.Name}", got.Ids, want);
            checks.Equal($"{what}, mask of {ids.Name}", got.Mask, Numbers(expected.GetProperty($"attention_mask_{want.Length}")));
        }
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(static number => number.GetInt32())];
}

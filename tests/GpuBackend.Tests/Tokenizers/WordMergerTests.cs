using CsCheck;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

public sealed class WordMergerTests
{
    // Any table is allowed, also one in which a pair's product joins before the pair itself.
    private static readonly Gen<(string[] Merges, string Word)> Cases = Gen.Select(
        Gen.OneOf(Gen.String[Gen.Char['a', 'c'], 1, 2], Gen.String[Gen.Char['a', 'c'], 1, 3]).Array[2].Select(static pair => $"{pair[0]} {pair[1]}").Array[0, 12],
        Gen.String[Gen.Char['a', 'c'], 1, 24]);

    [Test]
    public void Words_join_as_by_searching_the_best_pair_again_and_again() => Cases.Sample(
        static sample => Fast(sample.Merges, sample.Word).SequenceEqual(Slow(sample.Merges, sample.Word)), iter: 2_000);

    private static string[] Fast(string[] merges, string word)
    {
        string[] tokens = [.. merges.SelectMany(static merge => merge.Split(' ').Append(merge.Replace(" ", string.Empty))).Concat(["a", "b", "c"]).Distinct()];
        var file = Path.GetTempFileName();
        File.WriteAllLines(file, ["#version", .. merges]);
        var table = MergeTable.Read(file, tokens.Index().ToDictionary(static token => token.Item, static token => token.Index));
        File.Delete(file);
        return [.. WordMerger.Join(table, [.. word.Select(letter => Array.IndexOf(tokens, letter.ToString()))]).Select(id => tokens[id])];
    }

    // The textbook form: join every place of the pair of lowest rank, then look again; the last of equal lines counts.
    private static List<string> Slow(string[] merges, string word)
    {
        List<string> tokens = [.. word.Select(static letter => letter.ToString())];
        while (true)
        {
            var ranks = tokens.Zip(tokens.Skip(1), (left, right) => Array.LastIndexOf(merges, $"{left} {right}")).Where(static rank => rank >= 0).ToArray();
            if (ranks.Length == 0)
            {
                return tokens;
            }

            tokens = JoinAll(tokens, merges[ranks.Min()]);
        }
    }

    private static List<string> JoinAll(List<string> tokens, string pair)
    {
        List<string> joined = [];
        for (var i = 0; i < tokens.Count; i++)
        {
            var matches = i + 1 < tokens.Count && $"{tokens[i]} {tokens[i + 1]}" == pair;
            joined.Add(matches ? tokens[i] + tokens[++i] : tokens[i]);
        }

        return joined;
    }
}

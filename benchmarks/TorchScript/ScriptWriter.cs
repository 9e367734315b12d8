using System.Globalization;
using System.Text;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.TorchScript;

/// <summary>Writes a model's operations as a straight-line TorchScript function, which PyTorch's own interpreter runs on the same libtorch.</summary>
/// <remarks>What it is for: the yardstick "the same graph in PyTorch" on machines without Python.</remarks>
internal sealed class ScriptWriter(WeightStore weights)
{
    private readonly StringBuilder _body = new();
    private readonly List<Tensor> _used = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>The weights in the order in which the function takes them.</summary>
    public Tensor[] Weights => [.. _used];

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public bool Has(string name) => weights.All.ContainsKey(name);

    /// <summary>A new variable with a value.</summary>
    public string Let(string expression)
    {
        var name = $"v{_next++}";
        _body.Append("    ").Append(name).Append(" = ").Append(expression).Append('\n');
        return name;
    }

    /// <summary>A weight as the function's argument, or None.</summary>
    public string Weight(string name)
    {
        if (!Has(name))
        {
            return "None";
        }

        if (!_numbers.TryGetValue(name, out var number))
        {
            _numbers.Add(name, number = _used.Count);
            _used.Add(weights.All[name].Value);
        }

        return $"w[{number}]";
    }

    public string Linear(string name, string input) => Let($"torch.linear({input}, {Weight(name + ".weight")}, {Weight(name + ".bias")})");

    public string Conv(string name, string input, int stride, int padding) =>
        Let($"torch.conv2d({input}, {Weight(name + ".weight")}, {Weight(name + ".bias")}, [{stride}, {stride}], [{padding}, {padding}])");

    public string GroupNorm(string name, string input, int groups, double epsilon) =>
        Let($"torch.group_norm({input}, {groups}, {Weight(name + ".weight")}, {Weight(name + ".bias")}, {Number(epsilon)})");

    public string LayerNorm(string name, string input, long width, double epsilon) =>
        Let($"torch.layer_norm({input}, [{width}], {Weight(name + ".weight")}, {Weight(name + ".bias")}, {Number(epsilon)})");

    /// <summary>The compiled function.</summary>
    /// <param name="arguments">Names of its tensors before the weights.</param>
    /// <param name="result">The variable it returns.</param>
    public jit.CompilationUnit Compile(string arguments, string result) =>
        jit.compile($"def forward({string.Join(", ", arguments.Split(' ').Select(static name => name + ": Tensor"))}, w: List[Tensor]) -> Tensor:\n{_body}    return {result}\n");
}
